namespace Kedge.OpenStack;

/// <summary>Where settings come from: the process's surroundings, or a test's.</summary>
/// <param name="Variables">Environment variables.</param>
/// <param name="Directory">Current directory.</param>
/// <param name="Home">Home directory.</param>
public sealed record SettingsSource(IReadOnlyDictionary<string, string> Variables, string Directory, string Home)
{
    /// <summary>Where the system keeps its own.</summary>
    public string SystemDirectory { get; init; } = "/etc/openstack";

    /// <summary>A clouds.yaml to read instead of searching, with the secure.yaml beside it; null searches.</summary>
    public string? File { get; init; }

    /// <summary>This process's.</summary>
    public static SettingsSource Process() => new(
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? ""),
        Environment.CurrentDirectory,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
}
