using System.Collections.Immutable;
using Kedge.Recovery.Steps;

namespace Kedge.Recovery.Capture;

/// <summary>What Kedge itself wrote on a resource is not the tenant's: it is left out of a blueprint, else it would come back as theirs.</summary>
static class OwnMarks
{
    /// <summary>Tags without ours, in the order of the alphabet: as in the API, their order means nothing.</summary>
    public static ImmutableArray<string> TagsWithout(IEnumerable<string> tags) =>
        [.. tags.Where(tag => !Mark.IsTag(tag)).Order(StringComparer.Ordinal)];

    public static ImmutableSortedDictionary<string, string> MetadataWithout(IEnumerable<KeyValuePair<string, string>> metadata, params string[] others) =>
        metadata.Where(item => !Mark.IsKey(item.Key) && !others.Contains(item.Key))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Null for an empty description, and for one that is our mark because a run is just making the resource.</summary>
    public static string? DescriptionWithout(string? description) =>
        string.IsNullOrEmpty(description) || Mark.IsTag(description) ? null : description;
}
