using Kedge.OpenStack.Wire;
using System.Text.Json.Serialization;

namespace Kedge.OpenStack.Network;

/// <summary>State of a network, router, port or floating IP.</summary>
[JsonConverter(typeof(StatusConverter<NetworkStatus>))]
public enum NetworkStatus
{
    /// <summary>A state that this library does not know, or none was told.</summary>
    Unrecognized,

    /// <summary>Working.</summary>
    Active,

    /// <summary>Not working, or a port that nothing is plugged into.</summary>
    Down,

    /// <summary>Being built.</summary>
    Build,

    /// <summary>Failed.</summary>
    Error,

    /// <summary>The network's driver does not tell.</summary>
    NA,

    /// <summary>Router resources are being allocated.</summary>
    Alloc,
}
