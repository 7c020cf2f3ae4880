using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kedge.Recovery.Formats;

namespace Kedge.Mediator.Desk;

/// <summary>
/// Between the records that people write and those of the API: both are the same JSON, one of them typed for programs. What a person, or a
/// program, sends goes through the checks of the file, and is told every mistake with its place.
/// </summary>
static class RecordText
{
    public static JsonObject Json<T>(RecordFolder<T> folder, T record)
        where T : class => YamlText.Parse(folder.Write(record))!.AsObject();

    public static TContract As<TContract>(JsonObject written, JsonTypeInfo<TContract> type) =>
        written.Deserialize(type) ?? throw new JsonException("It is null.");

    /// <exception cref="ProblemException">It cannot be one, with every mistake.</exception>
    public static T Read<T>(RecordFolder<T> folder, JsonObject written, string where)
        where T : class
    {
        try
        {
            return folder.Parse(YamlText.Write(written), where);
        }
        catch (RecordException e)
        {
            throw new ProblemException(V1.ProblemCodes.Invalid, e.Message, e)
            {
                Field = e.Mistakes is [var first, ..] ? first.Place : null,
                Mistakes = [.. e.Mistakes.Select(mistake => new V1.Mistake(mistake.Place, mistake.What))],
            };
        }
    }

    /// <exception cref="ProblemException">It is named otherwise than its place says.</exception>
    public static void DemandName(string noun, string wanted, string written)
    {
        if (written != wanted)
            throw new ProblemException(V1.ProblemCodes.Invalid, $"The {noun} in the file is named {written}, not {wanted}.") { Field = "name" };
    }
}
