namespace Kedge.Blocks.Stores;

/// <summary>The part of a bucket or container that belongs to one repository.</summary>
sealed class StorePrefix
{
    readonly string prefix;

    public StorePrefix(string prefix)
    {
        prefix = prefix.Trim('/');
        this.prefix = prefix.Length == 0 ? "" : prefix + "/";
    }

    /// <summary>A name of the store as the server knows it.</summary>
    public string Whole(string name)
    {
        Check(name);
        return prefix + name;
    }

    /// <summary>Refuses what is no name of a store (format, section 1): it would lead out of its directory, bucket or container.</summary>
    public static void Check(string name)
    {
        foreach (var c in name)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '/' or '-' or '.')) throw new ArgumentException($"'{name}' is not a name of a store: '{c}'.");
        }
        if (name.Contains("..", StringComparison.Ordinal) || name.StartsWith('/')) throw new ArgumentException($"'{name}' is not a name of a store.");
    }

    /// <summary>A name of the server as the store knows it.</summary>
    public string Part(string whole) => whole[prefix.Length..];
}
