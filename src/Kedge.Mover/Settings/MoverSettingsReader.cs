using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kedge.Blocks;
using Kedge.Mover.Boards;

namespace Kedge.Mover.Settings;

/// <summary>Reads a mover's settings file, once, and reports every problem that it has.</summary>
public sealed class MoverSettingsReader
{
    static readonly string[] Known = ["site", "name", "boards", "identity", "repositories", "clusters", "files", "nbd", "at_once", "bandwidth", "runtime_directory", "keys"];
    readonly List<string> problems = [];

    MoverSettingsReader()
    {
    }

    /// <summary>From the text's tree (YAML or JSON). The identity file is read as well, for site and name stand in its certificate.</summary>
    /// <exception cref="MoverSettingsException">With all problems.</exception>
    public static MoverSettings Read(JsonNode? root, MoverUse use)
    {
        var reader = new MoverSettingsReader();
        var settings = root is JsonObject fields ? reader.Root(fields, use) : null;
        if (settings is null) reader.problems.Add("It is not a list of fields (name: value).");
        return reader.problems.Count == 0 ? settings! : throw new MoverSettingsException(reader.problems);
    }

    MoverSettings Root(JsonObject fields, MoverUse use)
    {
        Demand(fields, "", Known);
        var identity = use == MoverUse.Remote ? Text(fields, "identity", isNeeded: true) : null;
        var owner = identity is null ? null : Guard(() => MoverIdentity.Open(identity));
        if (use == MoverUse.Remote)
        {
            foreach (var field in (string[])["site", "name"])
            {
                if (fields[field] is not null) problems.Add($"{field}: it stands in the certificate of the identity file; take the field away.");
            }
        }
        var settings = new MoverSettings
        {
            Site = owner?.Mover.Site ?? (use == MoverUse.Embedded ? Text(fields, "site", isNeeded: true) : null) ?? "",
            Name = owner?.Mover.Name ?? (use == MoverUse.Embedded ? Text(fields, "name", isNeeded: false) : null) ?? "here",
            Identity = identity,
            Boards = use == MoverUse.Remote ? Boards(fields, owner) : [],
            Repositories = Repositories(fields),
            Clusters = Clusters(fields),
            Files = Texts(fields, "files"),
            Nbd = Texts(fields, "nbd"),
            Keys = Text(fields, "keys", isNeeded: false),
            AtOnce = Count(fields, "at_once", 2, 1, 16),
            Bandwidth = Bandwidth(fields),
            RuntimeDirectory = Text(fields, "runtime_directory", isNeeded: false) ?? Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY") ?? Path.GetTempPath(),
        };
        owner?.Dispose();
        foreach (var path in settings.Files.Where(path => !Path.IsPathRooted(path))) problems.Add($"files: '{path}' is not an absolute path.");
        if (settings.Keys is { } keys && !Directory.Exists(keys)) problems.Add($"keys: the directory {keys} is not there, or may not be read by this user.");
        if (settings.Devices.IsEmpty) problems.Add("It reaches no device: name clusters, nbd or files.");
        if (settings.Repositories.IsEmpty) problems.Add("repositories: it needs one at least.");
        if (settings.RuntimeDirectory.Length > 60) problems.Add($"runtime_directory: '{settings.RuntimeDirectory}' is longer than 60 characters; the path of a socket in it would be too long.");
        return settings;
    }

    ImmutableArray<Uri> Boards(JsonObject fields, MoverIdentity? owner)
    {
        var texts = fields["boards"] is null && owner is not null ? owner.Boards : Texts(fields, "boards");
        var boards = ImmutableArray.CreateBuilder<Uri>();
        foreach (var text in texts)
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == "https" && uri.PathAndQuery == "/") boards.Add(uri);
            else problems.Add($"boards: '{text}' is not an address such as https://kedge.example.org:7443.");
        }
        if (texts.IsEmpty && owner is not null) problems.Add("boards: it needs the address of one at least, such as https://kedge.example.org:7443.");
        return boards.ToImmutable();
    }

    ImmutableDictionary<string, RepositoryPlace> Repositories(JsonObject fields)
    {
        var found = ImmutableDictionary.CreateBuilder<string, RepositoryPlace>(StringComparer.Ordinal);
        foreach (var (name, entry) in Entries(fields, "repositories"))
        {
            var at = $"repositories.{name}";
            Demand(entry, at, ["address", "key_file", "passphrase_file"]);
            var address = Text(entry, "address", isNeeded: true, at);
            var key = Text(entry, "key_file", isNeeded: false, at);
            var passphrase = Text(entry, "passphrase_file", isNeeded: false, at);
            if ((key is null) == (passphrase is null)) problems.Add($"{at}: it needs either key_file or passphrase_file.");
            foreach (var file in (string?[])[key, passphrase])
            {
                if (file is not null && !File.Exists(file)) problems.Add($"{at}: the file {file} is not there, or may not be read by this user.");
            }
            if (address is not null && !Path.IsPathRooted(address) && !address.Contains("://", StringComparison.Ordinal)) problems.Add($"{at}.address: '{address}' is neither an absolute path nor s3://… or swift://….");
            found[name] = new RepositoryPlace(address ?? "", key is not null ? new SecretFile(key, SecretKind.Key) : new SecretFile(passphrase ?? "", SecretKind.Passphrase));
        }
        return found.ToImmutable();
    }

    ImmutableDictionary<string, CephSettings> Clusters(JsonObject fields)
    {
        var found = ImmutableDictionary.CreateBuilder<string, CephSettings>(StringComparer.Ordinal);
        foreach (var (name, entry) in Entries(fields, "clusters"))
        {
            var at = $"clusters.{name}";
            Demand(entry, at, ["conf", "user"]);
            var conf = Text(entry, "conf", isNeeded: false, at) ?? $"/etc/ceph/{name}.conf";
            if (!File.Exists(conf)) problems.Add($"{at}.conf: the file {conf} is not there, or may not be read by this user.");
            found[name] = new CephSettings(conf, Text(entry, "user", isNeeded: true, at) ?? "");
        }
        return found.ToImmutable();
    }

    BandwidthSchedule Bandwidth(JsonObject fields)
    {
        var windows = ImmutableArray.CreateBuilder<BandwidthWindow>();
        if (fields["bandwidth"] is not (null or JsonArray)) problems.Add("bandwidth: it is a list of entries with 'when' and 'limit'.");
        foreach (var (index, node) in (fields["bandwidth"] as JsonArray ?? []).Index())
        {
            var at = $"bandwidth[{index}]";
            if (node is not JsonObject entry)
            {
                problems.Add($"{at}: it has 'when' and 'limit'.");
                continue;
            }
            Demand(entry, at, ["when", "limit"]);
            if (Text(entry, "when", isNeeded: true, at) is not { } when || Text(entry, "limit", isNeeded: true, at) is not { } limit) continue;
            if (BandwidthSchedule.FindWindow(when, limit, out var problem) is { } window) windows.Add(window);
            else problems.Add($"{at}: {problem}");
        }
        return new BandwidthSchedule(windows.ToImmutable());
    }

    IEnumerable<(string Name, JsonObject Fields)> Entries(JsonObject fields, string name)
    {
        if (fields[name] is not (null or JsonObject)) problems.Add($"{name}: it is a list of names, each with its fields below.");
        foreach (var (key, node) in fields[name] as JsonObject ?? [])
        {
            if (node is JsonObject entry) yield return (key, entry);
            else problems.Add($"{name}.{key}: its fields are missing.");
        }
    }

    string? Text(JsonObject fields, string name, bool isNeeded, string at = "")
    {
        var value = fields[name] is JsonValue node && node.GetValueKind() is JsonValueKind.String or JsonValueKind.Number ? fields[name]!.ToString() : null;
        if (fields[name] is not null && value is not { Length: > 0 }) problems.Add($"{Place(at, name)}: it is not a text.");
        else if (isNeeded && value is null) problems.Add($"{Place(at, name)}: it is missing.");
        return value;
    }

    ImmutableArray<string> Texts(JsonObject fields, string name)
    {
        if (fields[name] is not (null or JsonArray)) problems.Add($"{name}: it is a list of texts.");
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var node in fields[name] as JsonArray ?? [])
        {
            if (node is JsonValue value && value.GetValueKind() is JsonValueKind.String) found.Add(value.ToString());
            else problems.Add($"{name}: an entry is not a text.");
        }
        return found.ToImmutable();
    }

    int Count(JsonObject fields, string name, int otherwise, int least, int most)
    {
        if (fields[name] is null) return otherwise;
        if (fields[name] is JsonValue node && node.TryGetValue(out long count) && count >= least && count <= most) return (int)count;
        problems.Add($"{name}: it is a whole number, {least} to {most}.");
        return otherwise;
    }

    void Demand(JsonObject fields, string at, string[] known)
    {
        foreach (var (name, _) in fields)
        {
            if (!known.Contains(name)) problems.Add($"{Place(at, name)}: there is no such field; there are {string.Join(", ", known)}.");
        }
    }

    T? Guard<T>(Func<T> open)
        where T : class
    {
        try
        {
            return open();
        }
        catch (MoverSettingsException e)
        {
            problems.AddRange(e.Problems);
            return null;
        }
    }

    static string Place(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";
}

/// <summary>Where a mover works.</summary>
public enum MoverUse
{
    /// <summary>A process of its own, which asks boards over the network.</summary>
    Remote,

    /// <summary>Inside the process that orders.</summary>
    Embedded,
}

/// <summary>A mover's settings cannot be used.</summary>
public sealed class MoverSettingsException(IReadOnlyList<string> problems)
    : Exception("The settings of the mover cannot be used:" + string.Concat(problems.Select(problem => $"\n  - {problem}")))
{
    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
