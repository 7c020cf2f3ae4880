using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kedge.Sandbox.Wire;

namespace Kedge.Sandbox.Networking;

/// <summary>An address that can be counted with, of either version.</summary>
readonly record struct IpAddress(UInt128 Value, int Version) : IComparable<IpAddress>
{
    public static IpAddress Parse(string text)
    {
        if (!IPAddress.TryParse(text, out var address)
            || (address.AddressFamily == AddressFamily.InterNetwork && text.Split('.').Length != 4))
            throw ApiFault.Bad($"Invalid input for operation: '{text}' is not a valid IP address.");
        UInt128 value = 0;
        foreach (var part in address.GetAddressBytes())
            value = (value << 8) | part;
        return new(value, address.AddressFamily == AddressFamily.InterNetwork ? 4 : 6);
    }

    public IpAddress Plus(UInt128 more) => new(Value + more, Version);

    public IpAddress Minus(UInt128 less) => new(Value - less, Version);

    public int CompareTo(IpAddress other) => Value.CompareTo(other.Value);

    public override string ToString()
    {
        var bytes = new byte[Version == 4 ? 4 : 16];
        var rest = Value;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            bytes[i] = (byte)(rest & 0xff);
            rest >>= 8;
        }
        return new IPAddress(bytes).ToString();
    }
}

/// <summary>A CIDR.</summary>
readonly record struct IpRange(IpAddress First, int PrefixBits)
{
    public int Version => First.Version;

    int HostBits => (Version == 4 ? 32 : 128) - PrefixBits;

    public IpAddress Last => new(First.Value | Mask(HostBits), Version);

    public static IpRange Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bits))
            throw ApiFault.Bad($"Invalid input for cidr. Reason: '{text}' is not a valid IP subnet.");
        var address = IpAddress.Parse(parts[0]);
        if (bits > (address.Version == 4 ? 32 : 128))
            throw ApiFault.Bad($"Invalid input for cidr. Reason: '{text}' is not a valid IP subnet.");
        var host = (address.Version == 4 ? 32 : 128) - bits;
        return new(new(address.Value & ~Mask(host), address.Version), bits);
    }

    public bool Contains(IpAddress address) =>
        address.Version == Version && address.Value >= First.Value && address.Value <= Last.Value;

    public bool Overlaps(IpRange other) => Contains(other.First) || other.Contains(First);

    public override string ToString() => $"{First}/{PrefixBits}";

    static UInt128 Mask(int bits) => bits >= 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;
}
