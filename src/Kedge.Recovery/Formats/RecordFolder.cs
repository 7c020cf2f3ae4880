using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kedge.Recovery.Formats;

/// <summary>
/// Records that a person may read and edit: one YAML file each in a folder, named after the record. Written whole or not at all: a new file
/// beside the old one, flushed to the disk, renamed over it.
/// </summary>
public sealed class RecordFolder<T>(string path, JsonTypeInfo<T> type, string noun)
    where T : class
{
    /// <summary>Puts into a record that was read what other records say of it, and what is not written with it; null: nothing.</summary>
    public Func<T, CancellationToken, Task<T>>? Complete { get; init; }

    public string PathOf(string name) => Path.Combine(path, RecordName.Checked(name, noun) + ".yaml");

    public async Task<T?> FindAsync(string name, CancellationToken cancel)
    {
        var file = PathOf(name);
        if (!File.Exists(file))
            return null;
        var read = Parse(await File.ReadAllTextAsync(file, cancel), file);
        return Complete is null ? read : await Complete(read, cancel);
    }

    /// <exception cref="RecordException">There is none of that name, or the file is not one.</exception>
    public async Task<T> GetAsync(string name, CancellationToken cancel) =>
        await FindAsync(name, cancel) ?? throw new RecordException($"There is no {noun} {name}. Known: {KnownNames()}.");

    string KnownNames() => Names() is { Count: > 0 } names ? string.Join(", ", names) : "none";

    /// <summary>In the order of the alphabet.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(path)
        ? [.. Directory.EnumerateFiles(path, "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>All of them, and those that cannot be read: one broken file says nothing of the others.</summary>
    public async Task<RecordList<T>> ListAsync(CancellationToken cancel)
    {
        var (records, unreadable) = (ImmutableArray.CreateBuilder<T>(), ImmutableArray.CreateBuilder<UnreadableRecord>());
        foreach (var name in Names())
        {
            try
            {
                if (await FindAsync(name, cancel) is { } record)
                    records.Add(record);
            }
            catch (Exception e) when (e is RecordException or IOException or UnauthorizedAccessException)
            {
                unreadable.Add(new UnreadableRecord(name, e.Message));
            }
        }
        return new RecordList<T>(records.ToImmutable(), unreadable.ToImmutable());
    }

    public async Task PutAsync(string name, T record, CancellationToken cancel)
    {
        var file = PathOf(name);
        Directory.CreateDirectory(path);
        await AtomicFile.WriteAsync(file, System.Text.Encoding.UTF8.GetBytes(Write(record)), cancel);
    }

    public bool Delete(string name)
    {
        var file = PathOf(name);
        var wasThere = File.Exists(file);
        File.Delete(file);
        return wasThere;
    }

    public string Write(T record) => YamlText.Write(JsonSerializer.SerializeToNode(record, type));

    /// <param name="where">What the error names: a file's path.</param>
    public T Parse(string text, string where)
    {
        try
        {
            var node = YamlText.Parse(text) ?? throw new RecordException($"{where} is empty.");
            var mistakes = RecordShape.MistakesIn(node, type).ToList();
            if (mistakes.Count > 0)
            {
                throw new RecordException($"{where} is not a {noun}: {string.Join("; ", mistakes.Select(mistake => Told(mistake, text)))}.")
                {
                    Mistakes = [.. mistakes.Select(mistake => new RecordMistake(mistake.Path, mistake.Mistake))],
                };
            }
            return node.Deserialize(type)!;
        }
        catch (JsonException e)
        {
            throw new RecordException($"{where} is not a {noun}: {e.Message}", e);
        }
        catch (FormatException e)
        {
            throw new RecordException($"{where} is not YAML: {e.Message}", e);
        }
    }

    static string Told((string Path, string Mistake) found, string text) =>
        YamlText.LineOf(text, found.Path) is { } line ? $"line {line}: {found.Path} {found.Mistake}" : $"{found.Path} {found.Mistake}";
}

/// <summary>The records of a folder, in the order of the alphabet.</summary>
public sealed record RecordList<T>(ImmutableArray<T> Records, ImmutableArray<UnreadableRecord> Unreadable);

/// <param name="Why">Names the file, the line where it can, and what is wrong.</param>
public sealed record UnreadableRecord(string Name, string Why);

/// <summary>A record is missing or cannot be read; the message says which and why.</summary>
public sealed class RecordException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What in it is wrong, for programs; the message names all of it too.</summary>
    public IReadOnlyList<RecordMistake> Mistakes { get; init; } = [];
}

/// <param name="Place">Such as <c>servers[0].after</c>; empty: the whole.</param>
/// <param name="What">What is wrong there.</param>
public sealed record RecordMistake(string Place, string What);

/// <summary>Names of sites and workloads: they become parts of paths.</summary>
public static class RecordName
{
    public static bool Is(string name) =>
        name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <exception cref="RecordException">Not a name.</exception>
    public static string Checked(string name, string noun) =>
        Is(name)
            ? name
            : throw new RecordException(
                $"'{name}' cannot be the name of a {noun}: 1 to 64 letters, digits, '-', '_' or '.', the first of them a letter or digit.");
}
