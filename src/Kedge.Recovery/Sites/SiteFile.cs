using System.Text.Json.Serialization;
using Kedge.Recovery.Formats;

namespace Kedge.Recovery.Sites;

/// <summary>Sites as files.</summary>
public static class SiteFile
{
    public static RecordFolder<SiteRecord> Folder(string path) => new(path, SiteJsonContext.Default.SiteRecord, "site");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SiteRecord))]
sealed partial class SiteJsonContext : JsonSerializerContext;
