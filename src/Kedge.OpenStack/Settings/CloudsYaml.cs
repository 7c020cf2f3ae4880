namespace Kedge.OpenStack;

/// <summary>Reads <c>clouds.yaml</c>, <c>secure.yaml</c> and <c>OS_*</c> as openstacksdk does.</summary>
public static class CloudsYaml
{
    /// <summary>The settings of one cloud.</summary>
    /// <param name="cloud">Its name; null takes <c>OS_CLOUD</c>, else the <c>OS_*</c> variables alone, else the only cloud there is.</param>
    /// <param name="source">Where files and variables are.</param>
    /// <exception cref="SettingsException">With every problem found.</exception>
    public static CloudSettings Load(string? cloud, SettingsSource source) => throw new NotImplementedException();

    /// <summary>Names of the clouds in clouds.yaml, in the order of the file.</summary>
    /// <param name="source">Where files and variables are.</param>
    public static IReadOnlyList<string> Names(SettingsSource source) => throw new NotImplementedException();
}

/// <summary>Where settings come from: the process's surroundings, or a test's.</summary>
/// <param name="Variables">Environment variables.</param>
/// <param name="Directory">Current directory.</param>
/// <param name="Home">Home directory.</param>
public sealed record SettingsSource(IReadOnlyDictionary<string, string> Variables, string Directory, string Home)
{
    /// <summary>Where the system keeps its own.</summary>
    public string SystemDirectory { get; init; } = "/etc/openstack";

    /// <summary>A clouds.yaml to read instead of searching; null searches.</summary>
    public string? File { get; init; }

    /// <summary>This process's.</summary>
    public static SettingsSource Process() => new(
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? ""),
        Environment.CurrentDirectory,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
}
