using System.Collections.Concurrent;
using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Capture;

/// <summary>
/// Collects what a restore will lack: fields that the cloud did not show, and those that it showed and that Kedge does not carry over.
/// Nothing is left out in silence.
/// </summary>
sealed class Unreadables
{
    readonly ConcurrentBag<UnreadableField> fields = [];

    public void Add(string resource, string id, string field, string why) => fields.Add(new UnreadableField(resource, new SourceId(id), field, why));

    /// <summary>Names a field that has a value there and is not carried.</summary>
    public void NotCarried(string resource, string id, string field, bool isSet, string why)
    {
        if (isSet)
            Add(resource, id, field, $"not carried over: {why}");
    }

    /// <summary>Each once, in an order that does not depend on the order of the answers.</summary>
    public ImmutableArray<UnreadableField> InOrder() =>
    [
        .. fields.Distinct()
            .OrderBy(field => field.Resource, StringComparer.Ordinal)
            .ThenBy(field => field.Id)
            .ThenBy(field => field.Field, StringComparer.Ordinal)
            .ThenBy(field => field.Why, StringComparer.Ordinal),
    ];
}
