using System.Text.Json.Serialization;
using Kedge.Recovery.Formats;

namespace Kedge.Recovery.Mapping;

/// <summary>Mappings as files that a person reads and edits. Format: docs/formats/mapping.md.</summary>
public static class MappingFile
{
    /// <param name="path">Folder of the files, one for each workload.</param>
    public static RecordFolder<SiteMapping> In(string path) => new(path, MappingJsonContext.Default.SiteMapping, "mapping");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SiteMapping))]
sealed partial class MappingJsonContext : JsonSerializerContext;
