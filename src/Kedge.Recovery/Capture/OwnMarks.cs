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

    /// <summary>A name without the mark that a run puts at its end until it is done with the resource.</summary>
    public static string NameWithout(string name) => Mark.Without(name);

    /// <summary>Null for an empty description, and for one that is nothing but our mark because a run is just making the resource.</summary>
    public static string? DescriptionWithout(string? description) =>
        string.IsNullOrEmpty(description) || Mark.Without(description) is not { Length: > 0 } theirs ? null : theirs;
}
