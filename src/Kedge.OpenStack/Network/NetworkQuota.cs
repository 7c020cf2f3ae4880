using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>What a project may have of one kind of resource, and has.</summary>
/// <param name="Limit">Most; -1 is without limit.</param>
/// <param name="Used">Existing.</param>
/// <param name="Reserved">Being created.</param>
public sealed record QuotaUse(long Limit, long Used, long Reserved = 0)
{
    /// <summary>How many more fit; <see cref="long.MaxValue"/> when there is no limit.</summary>
    [JsonIgnore]
    public long Free => Limit < 0 ? long.MaxValue : Math.Max(0, Limit - Used - Reserved);
}

/// <summary>Who can be put where: addresses of a network (administrators).</summary>
public sealed record NetworkAddresses
{
    /// <summary>The network.</summary>
    public NetworkId NetworkId { get; init; }

    /// <summary>All addresses of its pools; a number beyond 64 bits for IPv6.</summary>
    public double TotalIps { get; init; }

    /// <summary>Addresses in use.</summary>
    public double UsedIps { get; init; }
}

/// <summary>An extension that the network service has.</summary>
/// <param name="Alias">Short name, such as <c>port-security</c>.</param>
/// <param name="Name">Name for people.</param>
public sealed record NetworkExtension(string Alias, string Name);
