using Kedge.OpenStack.Settings;

namespace Kedge.OpenStack;

/// <summary>
/// Reads <c>clouds.yaml</c>, <c>secure.yaml</c> and <c>OS_*</c> as openstacksdk does: the file that <c>OS_CLIENT_CONFIG_FILE</c> names, else the
/// first of the current directory, <c>~/.config/openstack</c> and <c>/etc/openstack</c>; what the secure file has for a cloud is laid over it.
/// A named cloud takes nothing from <c>OS_*</c>; without any name, and without <c>OS_CLOUD</c>, the variables are a cloud by themselves.
/// <c>https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html</c>
/// </summary>
public static class CloudsYaml
{
    /// <summary>The cloud that the <c>OS_*</c> variables make.</summary>
    const string FromVariables = "envvars";

    /// <summary>
    /// The entry of one cloud with what the secure file has for it laid over, as a clouds.yaml that holds nothing else (JSON, which is YAML too).
    /// <b>It holds the cloud's secrets</b>: for whoever encrypts it.
    /// </summary>
    /// <param name="cloud">Its name in clouds.yaml.</param>
    /// <param name="source">Where files and variables are.</param>
    /// <exception cref="SettingsException">There is no such cloud, or something of it is wrong.</exception>
    public static string ExportWithSecrets(string cloud, SettingsSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _ = Load(cloud, source);
        return CloudFiles.Read(source).Clouds.Without(name => name != cloud).ToJson("clouds");
    }

    /// <summary>The settings of one cloud from what <see cref="ExportWithSecrets"/> gave.</summary>
    /// <param name="cloud">Its name there.</param>
    /// <param name="text">A clouds.yaml.</param>
    /// <param name="origin">What messages call the text.</param>
    /// <param name="source">Where the files lie that the entry names.</param>
    /// <exception cref="SettingsException">With every problem found.</exception>
    public static CloudSettings Parse(string cloud, string text, string origin, SettingsSource source)
    {
        using var reader = new StringReader(text);
        return CloudFiles.CloudsOf(reader, origin).Find(cloud) is { } tree
            ? SettingsReader.Read(cloud, tree, origin, source)
            : throw new SettingsException([$"There is no cloud '{cloud}' in {origin}."]);
    }

    /// <summary>The settings of one cloud.</summary>
    /// <param name="cloud">Its name; null takes <c>OS_CLOUD</c>, else the <c>OS_*</c> variables alone, else the only cloud there is.</param>
    /// <param name="source">Where files and variables are.</param>
    /// <exception cref="SettingsException">With every problem found.</exception>
    public static CloudSettings Load(string? cloud, SettingsSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        cloud ??= source.Variables.GetValueOrDefault("OS_CLOUD") is { Length: > 0 } chosen ? chosen : null;
        if (cloud is null && source.Variables.ContainsKey("OS_AUTH_URL"))
            return SettingsReader.Read(FromVariables, YamlTree.OfVariables(source.Variables), "the OS_* variables", source);

        var files = CloudFiles.Read(source);
        cloud ??= files.Clouds.Fields is [var only] ? only.Key : null;
        if (cloud is null)
        {
            throw new SettingsException([files.Clouds.Fields is []
                ? $"There is no cloud: no clouds.yaml with one in {string.Join(", ", CloudFiles.PlacesOf(source))}, and no OS_AUTH_URL."
                : $"Which cloud? {files.Path} has {Listed(files)}: name one, or set OS_CLOUD."]);
        }

        return files.Clouds.Find(cloud) is { } tree
            ? SettingsReader.Read(cloud, tree, files.Path ?? "", source)
            : throw new SettingsException([files.Path is { } path
                ? $"There is no cloud '{cloud}' in {path}; it has {Listed(files)}."
                : $"There is no cloud '{cloud}': no clouds.yaml in {string.Join(", ", CloudFiles.PlacesOf(source))}."]);
    }

    /// <summary>Names of the clouds in clouds.yaml, in the order of the file.</summary>
    /// <param name="source">Where files and variables are.</param>
    /// <exception cref="SettingsException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Names(SettingsSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return [.. CloudFiles.Read(source).Clouds.Fields.Select(field => field.Key)];
    }

    static string Listed(CloudFiles files) => files.Clouds.Fields is [] ? "none" : string.Join(", ", files.Clouds.Fields.Select(field => $"'{field.Key}'"));
}
