using System.Net.Security;

namespace Kedge.Blocks.Nbd;

/// <summary>Where an NBD export is, and how to speak to it.</summary>
public sealed record NbdEndpoint
{
    /// <summary>The port that NBD has at IANA.</summary>
    public const int DefaultPort = 10809;

    /// <summary>Host name or address; null when it is a socket of this machine.</summary>
    public string? Host { get; init; }

    /// <summary>TCP port.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Path of a Unix socket; null when it is a host.</summary>
    public string? UnixSocket { get; init; }

    /// <summary>The export's name; empty is the server's default one.</summary>
    public string Export { get; init; } = "";

    /// <summary>TLS (through NBD_OPT_STARTTLS), demanded when given; nothing is sent in clear then.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>A dirty bitmap to ask for beside <c>base:allocation</c>, such as <c>qemu:dirty-bitmap:point-7</c>; null for none.</summary>
    public string? ChangeContext { get; init; }

    /// <summary>Connections, where the server allows several.</summary>
    public int Connections { get; init; } = 2;

    /// <summary>For connecting and the whole handshake.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For one request; a server that is slower is given up, with its connection.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>As messages show it.</summary>
    public override string ToString() => UnixSocket is not null ? $"nbd+unix:{UnixSocket}:{Export}" : $"nbd://{Host}:{Port}/{Export}";
}
