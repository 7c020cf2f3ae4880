using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Recovery.Blueprints;

/// <summary>The one way a blueprint becomes bytes, so that equal blueprints have equal hashes. docs/formats/blueprint.md</summary>
public static class BlueprintJson
{
    /// <summary>UTF-8 JSON, two spaces of indentation, line feeds, properties in the order of their declaration, nulls left out.</summary>
    public static byte[] Write(Blueprint blueprint) => JsonSerializer.SerializeToUtf8Bytes(blueprint, BlueprintJsonContext.Default.Blueprint);

    /// <summary>Lower-case hex of the SHA-256 of <see cref="Write"/>: the blueprint's name in a repository.</summary>
    public static string HashOf(ReadOnlySpan<byte> written) => Convert.ToHexStringLower(SHA256.HashData(written));

    /// <exception cref="BlueprintException">Not a blueprint, or one of a newer format.</exception>
    public static Blueprint Read(ReadOnlySpan<byte> written)
    {
        Blueprint? blueprint;
        try
        {
            blueprint = JsonSerializer.Deserialize(written, BlueprintJsonContext.Default.Blueprint);
        }
        catch (JsonException e)
        {
            throw new BlueprintException($"The blueprint is damaged: {e.Message}", e);
        }
        if (blueprint is null)
            throw new BlueprintException("The blueprint is damaged: it is empty.");
        return blueprint.Schema is >= 1 and <= Blueprint.CurrentSchema
            ? blueprint
            : throw new BlueprintException(
                $"The blueprint has format {blueprint.Schema}; this program reads up to {Blueprint.CurrentSchema}: use a newer kedge.");
    }
}

/// <summary>A blueprint cannot be read; the message says why and what to do.</summary>
public sealed class BlueprintException(string message, Exception? inner = null) : Exception(message, inner);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Blueprint))]
sealed partial class BlueprintJsonContext : JsonSerializerContext;
