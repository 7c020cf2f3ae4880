using Kedge.Sandbox.Bytes;

namespace Kedge.Sandbox.BlockStorage;

/// <param name="Id">The backup's id.</param>
/// <param name="ParentId">What an incremental one builds on.</param>
/// <param name="LengthBytes">Of the volume.</param>
/// <param name="EncryptedTypeId">Id of the encrypted volume type that it must be restored to; null in the clear.</param>
/// <param name="Chunks">What differs from the parent, by position; null stands for zeroes.</param>
sealed record BackupObject(string Id, string? ParentId, long LengthBytes, string? EncryptedTypeId,
    IReadOnlyDictionary<long, byte[]?> Chunks)
{
    /// <summary>Name and description, which a restore gives only to volumes that it named itself.</summary>
    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>The volume's metadata, which a restore puts in place of what the new volume has.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Image metadata, which a restore puts in place and takes as a sign that the volume is bootable.</summary>
    public IReadOnlyDictionary<string, string> ImageMetadata { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// Where cinder-backup puts its bytes. Two clouds that are given the same store, or two stores over one directory, can restore each
/// other's backups once they have the records. Thread-safe.
/// </summary>
public sealed class BackupStore
{
    const uint Magic = 0x4b534231;

    readonly Lock gate = new();
    readonly string? directory;
    readonly Dictionary<string, BackupObject> memory = [];

    /// <summary>A store in memory.</summary>
    public BackupStore() { }

    BackupStore(string directory) => this.directory = directory;

    /// <summary>Ids of all backups whose bytes are here.</summary>
    public IReadOnlyList<string> Ids
    {
        get
        {
            lock (gate)
                return directory is null
                    ? [.. memory.Keys]
                    : [.. System.IO.Directory.EnumerateFiles(directory, "*.backup").Select(f => Path.GetFileNameWithoutExtension(f)!)];
        }
    }

    /// <summary>A store in a directory, made if absent: one file per backup.</summary>
    public static BackupStore InDirectory(string directory)
    {
        System.IO.Directory.CreateDirectory(directory);
        return new(directory);
    }

    /// <summary>Loses a backup's bytes while its record stays.</summary>
    public void Remove(string id)
    {
        lock (gate)
        {
            memory.Remove(id);
            if (directory is not null)
                File.Delete(FileOf(id));
        }
    }

    internal void Put(BackupObject backup)
    {
        lock (gate)
        {
            if (directory is null)
                memory[backup.Id] = backup;
            else
                WriteFile(backup);
        }
    }

    internal BackupObject? Find(string id)
    {
        lock (gate)
            return directory is null ? memory.GetValueOrDefault(id) : ReadFile(id);
    }

    string FileOf(string id) => Path.Combine(directory!, id + ".backup");

    /// <summary>Magic, length, parent, encrypted type, name, description, two maps, count; then per chunk its position, a flag, its bytes.</summary>
    void WriteFile(BackupObject backup)
    {
        var unfinished = FileOf(backup.Id) + ".part";
        using (var writer = new BinaryWriter(File.Create(unfinished)))
        {
            writer.Write(Magic);
            writer.Write(backup.LengthBytes);
            writer.Write(backup.ParentId ?? "");
            writer.Write(backup.EncryptedTypeId ?? "");
            writer.Write(backup.Name);
            writer.Write(backup.Description);
            WriteMap(writer, backup.Metadata);
            WriteMap(writer, backup.ImageMetadata);
            writer.Write(backup.Chunks.Count);
            foreach (var (index, chunk) in backup.Chunks)
            {
                writer.Write(index);
                writer.Write(chunk is not null);
                writer.Write(chunk ?? []);
            }
        }
        File.Move(unfinished, FileOf(backup.Id), true);
    }

    BackupObject? ReadFile(string id)
    {
        if (!File.Exists(FileOf(id)))
            return null;
        using var reader = new BinaryReader(File.OpenRead(FileOf(id)));
        if (reader.ReadUInt32() != Magic)
            return null;
        var length = reader.ReadInt64();
        var parent = reader.ReadString();
        var encrypted = reader.ReadString();
        var (name, description) = (reader.ReadString(), reader.ReadString());
        var (metadata, imageMetadata) = (ReadMap(reader), ReadMap(reader));
        var chunks = new Dictionary<long, byte[]?>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            chunks[reader.ReadInt64()] = reader.ReadBoolean() ? reader.ReadBytes(SparseBytes.ChunkBytes) : null;
        return new(id, parent is "" ? null : parent, length, encrypted is "" ? null : encrypted, chunks)
        {
            Name = name,
            Description = description,
            Metadata = metadata,
            ImageMetadata = imageMetadata,
        };
    }

    static void WriteMap(BinaryWriter writer, IReadOnlyDictionary<string, string> map)
    {
        writer.Write(map.Count);
        foreach (var (key, value) in map)
        {
            writer.Write(key);
            writer.Write(value);
        }
    }

    static Dictionary<string, string> ReadMap(BinaryReader reader)
    {
        var map = new Dictionary<string, string>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            map[reader.ReadString()] = reader.ReadString();
        return map;
    }
}
