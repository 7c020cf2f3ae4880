namespace Kedge.Sandbox.Cloud;

/// <summary>Ids of one cloud, from its seed and name: the same calls in the same order get the same ids.</summary>
sealed class Ids(int seed, string name)
{
    readonly Random chance = new(Mix(seed, name));
    readonly uint family = unchecked((uint)Mix(seed, name));

    public string Uuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        chance.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes).ToString();
    }

    /// <summary>32 hex digits, as Keystone's ids are.</summary>
    public string Hex()
    {
        Span<byte> bytes = stackalloc byte[16];
        chance.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>In the range that Neutron generates from.</summary>
    public string Mac()
    {
        Span<byte> bytes = stackalloc byte[3];
        chance.NextBytes(bytes);
        return $"fa:16:3e:{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}";
    }

    /// <summary>Made of the call's number alone, so that it needs no lock and tells its place in the log.</summary>
    public string Request(long call) => $"req-{family:x8}-0000-4000-8000-{call:x12}";

    static int Mix(int seed, string name)
    {
        unchecked
        {
            var hash = (uint)seed * 2654435761u ^ 2166136261u;
            foreach (var letter in name)
                hash = (hash ^ letter) * 16777619u;
            return (int)hash;
        }
    }
}
