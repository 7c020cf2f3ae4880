using System.Collections.Immutable;
using Kedge.OpenStack.Compute;

namespace Kedge.OpenStack.Wire;

/// <summary>What stands in records for collections that the cloud left out.</summary>
static class Empty
{
    public static readonly IReadOnlyDictionary<string, string> Texts = ImmutableDictionary<string, string>.Empty;

    public static readonly IReadOnlyDictionary<string, IReadOnlyList<ServerAddress>> Addresses = ImmutableDictionary<string, IReadOnlyList<ServerAddress>>.Empty;
}
