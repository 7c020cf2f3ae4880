using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kedge.Recovery.Points;

/// <summary>The one way a manifest becomes bytes, because the next one holds the hash of them. docs/formats/points.md</summary>
static class PointJson
{
    public static byte[] Write(RecoveryPoint point) => JsonSerializer.SerializeToUtf8Bytes(point, PointJsonContext.Default.RecoveryPoint);

    /// <summary>Lower-case hex of the SHA-256.</summary>
    public static string HashOf(ReadOnlySpan<byte> written) => Convert.ToHexStringLower(SHA256.HashData(written));

    /// <exception cref="JsonException">Not a manifest, or one of a newer schema; the message names no file.</exception>
    public static RecoveryPoint Read(ReadOnlySpan<byte> written)
    {
        var point = JsonSerializer.Deserialize(written, PointJsonContext.Default.RecoveryPoint) ?? throw new JsonException("it is empty");
        return point.Schema is >= 1 and <= RecoveryPoint.CurrentSchema
            ? point
            : throw new JsonException($"it has schema {point.Schema} and this program reads up to {RecoveryPoint.CurrentSchema}: use a newer kedge");
    }
}

/// <summary><c>repository.json</c>.</summary>
/// <param name="Format">Version of the layout of the whole directory.</param>
/// <param name="Id">32 hexadecimal digits.</param>
sealed record RepositoryHeader(int Format, string Id);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RecoveryPoint))]
[JsonSerializable(typeof(RepositoryHeader))]
sealed partial class PointJsonContext : JsonSerializerContext;
