using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kedge.Availability.Evidence;

/// <summary>
/// What happened, one JSON object a line, the newest last: grep and tail read it as well as we do. When it is full it becomes
/// <c>NAME.1</c>, and what was there before that is gone.
/// </summary>
/// <param name="limit">Bytes after which it is full.</param>
public sealed class LineFile<T>(string path, JsonTypeInfo<T> type, long limit)
{
    readonly Lock gate = new();

    /// <summary>On the disk when this returns: a node may be switched off the next moment. One small write, which is not worth a thread.</summary>
    /// <exception cref="IOException">Not written.</exception>
    public void Append(T record)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(record, type) + "\n");
        lock (gate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (File.Exists(path) && new FileInfo(path).Length > limit)
                File.Move(path, path + ".1", overwrite: true);
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            // Half a line of one who lost his power must not take this one along.
            if (file.Length > 0 && file.Seek(-1, SeekOrigin.End) >= 0 && file.ReadByte() != '\n')
                line = [(byte)'\n', .. line];
            file.Seek(0, SeekOrigin.End);
            file.Write(line);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>
    /// All that can be read, the oldest first. A line that cannot (half of it, written as the power went; or of a newer kedge) is left out:
    /// the others are evidence as before.
    /// </summary>
    public async Task<IReadOnlyList<T>> ReadAsync(CancellationToken cancel)
    {
        var records = new List<T>();
        foreach (var part in (string[])[path + ".1", path])
        {
            if (!File.Exists(part))
                continue;
            foreach (var line in await File.ReadAllLinesAsync(part, cancel))
            {
                if (Read(line) is { } record)
                    records.Add(record);
            }
        }
        return records;
    }

    T? Read(string line)
    {
        try
        {
            return line.Length == 0 ? default : JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
