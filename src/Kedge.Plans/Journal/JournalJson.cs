using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Plans;

/// <summary>Events as JSON and back, the same for every journal. docs/formats/journal.md is its contract.</summary>
public static class JournalJson
{
    /// <summary>One recorded event as one line of JSON: how a journal is exported.</summary>
    public static string Line(RecordedEvent recorded) => JsonSerializer.Serialize(recorded, PlansJson.Default.RecordedEvent);

    /// <summary>What <see cref="Line"/> wrote.</summary>
    /// <exception cref="JsonException">It is no such line, or from a newer version.</exception>
    public static RecordedEvent ReadLine(string line) =>
        JsonSerializer.Deserialize(line, PlansJson.Default.RecordedEvent) ?? throw new JsonException("It is null.");

    /// <summary>One event as a journal keeps it.</summary>
    /// <exception cref="JournalException">It exceeds <see cref="JournalLimits"/>.</exception>
    public static string Write(RunEvent e)
    {
        var json = JsonSerializer.Serialize(e, PlansJson.Default.RunEvent);
        var most = e is RunAccepted ? JournalLimits.LargestPlanBytes : JournalLimits.LargestEventBytes;
        var size = Encoding.UTF8.GetByteCount(json);
        return size <= most ? json : throw new JournalException(
            JournalFault.EventTooLarge,
            $"An event {e.GetType().Name} of {size} bytes was refused; at most {most} are written.",
            "Split the workload, or report this.");
    }

    /// <exception cref="JournalException">It was damaged, or written by a newer version.</exception>
    public static RunEvent Read(string json, RunId run, long seq)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PlansJson.Default.RunEvent) ?? throw new JsonException("It is null.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or PlanInvalidException)
        {
            throw new JournalException(
                JournalFault.Damaged,
                $"Event {seq} of run {run} cannot be read: {e.Message}",
                "It was damaged, or written by a newer version: use that version, or restore the journal from a copy.",
                e);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(RunIdConverter)])]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(RecordedEvent))]
internal sealed partial class PlansJson : JsonSerializerContext;

internal sealed class RunIdConverter : JsonConverter<RunId>
{
    public override RunId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RunId.TryParse(reader.GetString(), out var run) ? run : throw new JsonException("It is not the id of a run.");

    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
