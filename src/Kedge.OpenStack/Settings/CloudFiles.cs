using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kedge.OpenStack.Settings;

/// <summary>Finds and reads the two files of settings, and lays the secret one over the other.</summary>
/// <param name="Path">The clouds.yaml that was found; null for none.</param>
/// <param name="Clouds">The clouds by name.</param>
internal sealed record CloudFiles(string? Path, YamlTree Clouds)
{
    static readonly string[] Endings = [".yaml", ".yml", ".json"];

    public static CloudFiles Read(SettingsSource source)
    {
        var named = source.File ?? source.Variables.GetValueOrDefault("OS_CLIENT_CONFIG_FILE");
        var path = string.IsNullOrEmpty(named) ? Search(source, "clouds") : Existing(named);
        var namedSecure = source.Variables.GetValueOrDefault("OS_CLIENT_SECURE_FILE");
        var secure = (source.File, namedSecure) switch
        {
            ({ } file, _) => First(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!, "secure"),
            (_, { Length: > 0 } file) => Existing(file),
            _ => Search(source, "secure"),
        };
        var clouds = CloudsIn(path);
        return new(path, secure is null ? clouds : OnlyKnown(clouds, CloudsIn(secure)));
    }

    public static IEnumerable<string> PlacesOf(SettingsSource source) =>
        [source.Directory, System.IO.Path.Combine(source.Home, ".config", "openstack"), source.SystemDirectory];

    static string? Search(SettingsSource source, string name) => PlacesOf(source).Select(place => First(place, name)).FirstOrDefault(file => file is not null);

    static string? First(string place, string name) =>
        Endings.Select(ending => System.IO.Path.Combine(place, name + ending)).FirstOrDefault(File.Exists);

    static string Existing(string path) => File.Exists(path) ? path : throw new SettingsException([$"{path} does not exist."]);

    // A cloud of which only the secrets are known cannot be reached.
    static YamlTree OnlyKnown(YamlTree clouds, YamlTree secure) => clouds.With(secure.Without(name => clouds.Find(name) is null));

    static YamlTree CloudsIn(string? path)
    {
        if (path is null)
            return YamlTree.Empty;
        try
        {
            using var text = File.OpenText(path);
            return CloudsOf(text, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"{path} cannot be read: {e.Message}"]);
        }
    }

    /// <param name="text">A clouds.yaml.</param>
    /// <param name="path">What messages name.</param>
    public static YamlTree CloudsOf(TextReader text, string path)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new MergingParser(new Parser(text)));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }, ..] && YamlTree.Of(root).Find("clouds") is { } clouds
                ? clouds
                : throw new SettingsException([$"{path} has no mapping 'clouds'."]);
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner says no more than that where text goes on after a bracket that was never closed.
            throw new SettingsException([$"{path} is not valid YAML: a bracket or quote is not closed."]);
        }
        catch (YamlException e)
        {
            throw new SettingsException([$"{path} line {e.Start.Line}, column {e.Start.Column}: it is not YAML."]);
        }
    }
}
