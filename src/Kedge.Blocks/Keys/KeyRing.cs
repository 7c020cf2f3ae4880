using System.Security.Cryptography;

namespace Kedge.Blocks.Keys;

/// <summary>The keys of an open repository; they leave this class only into ciphers.</summary>
sealed class KeyRing
{
    public const int MaxGenerations = 16;
    readonly byte[] generations;
    readonly byte[][] objectKeys;
    readonly byte[][] sealKeys;

    public KeyRing(ObjectId repository, byte[] generations)
    {
        Repository = repository;
        this.generations = generations;
        var count = generations.Length / 32;
        objectKeys = new byte[count][];
        sealKeys = new byte[count][];
        for (var g = 0; g < count; g++)
        {
            objectKeys[g] = Expand(g, "kedge 1 object"u8);
            sealKeys[g] = Expand(g, "kedge 1 seal"u8);
        }
        Address = Expand(0, "kedge 1 address"u8);
        Node = Expand(0, "kedge 1 node"u8);
        Fingerprint = Expand(0, "kedge 1 fingerprint"u8);
    }

    public ObjectId Repository { get; }

    public byte[] Address { get; }

    public byte[] Node { get; }

    public byte[] Fingerprint { get; }

    /// <summary>What is written now is written with this one.</summary>
    public ushort Newest => (ushort)objectKeys.Length;

    public ReadOnlySpan<byte> Generations => generations;

    public static byte[] NewGeneration() => RandomNumberGenerator.GetBytes(32);

    /// <summary>The one cipher of one object.</summary>
    public AesGcm CipherOf(in ObjectHeader header, string name)
    {
        Span<byte> context = stackalloc byte[1 + ObjectId.Length];
        context[0] = (byte)header.Kind;
        header.Id.CopyTo(context[1..]);
        Span<byte> key = stackalloc byte[32];
        HKDF.Expand(HashAlgorithmName.SHA256, objectKeys[Checked(header.Generation, name)], key, context);
        return new AesGcm(key, 16);
    }

    public ReadOnlySpan<byte> SealKey(ushort generation, string name) => sealKeys[Checked(generation, name)];

    int Checked(ushort generation, string name) => generation >= 1 && generation <= objectKeys.Length
        ? generation - 1
        : throw RepositoryException.Damaged(name, $"its key generation {generation} is not in the key ring, which has {objectKeys.Length}");

    byte[] Expand(int generation, ReadOnlySpan<byte> purpose)
    {
        var key = new byte[32];
        Span<byte> context = stackalloc byte[64];
        purpose.CopyTo(context);
        Repository.CopyTo(context[purpose.Length..]);
        HKDF.Expand(HashAlgorithmName.SHA256, generations.AsSpan(generation * 32, 32), key, context[..(purpose.Length + ObjectId.Length)]);
        return key;
    }
}
