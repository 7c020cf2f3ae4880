using System.Globalization;

namespace Kedge.Blocks.Stores;

/// <summary>
/// Where a store is, as a person writes it: a directory, <c>s3://BUCKET/PREFIX?endpoint=…&amp;region=…&amp;lock=30d</c>, <c>swift://CONTAINER/PREFIX</c>. No secret
/// is part of it: those come from the environment, in the names that S3's and OpenStack's own tools have (docs/operate/repository.md).
/// </summary>
public static class StoreAddress
{
    const string S3Scheme = "s3://";
    const string SwiftScheme = "swift://";

    /// <summary>Opens the store; nothing is asked of a server yet, and no directory is made.</summary>
    /// <param name="address">See the class.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="directory">What a relative path begins at.</param>
    /// <param name="time">Time.</param>
    /// <exception cref="RepositoryException"><see cref="RepositoryFault.Refused"/>: the address makes no sense, or a variable is missing.</exception>
    public static IStore Open(string address, IReadOnlyDictionary<string, string> variables, string directory, TimeProvider time)
    {
        if (address.Length == 0) throw Refused("The address of the repository is empty.");
        if (address.StartsWith(S3Scheme, StringComparison.Ordinal)) return S3Store.Open(S3Of(address, variables), time);
        if (address.StartsWith(SwiftScheme, StringComparison.Ordinal)) return SwiftStore.Open(SwiftOf(address, variables), time);
        if (address.Contains("://", StringComparison.Ordinal)) throw Refused($"'{address}' is not an address of a repository: a directory, s3://BUCKET/PREFIX or swift://CONTAINER/PREFIX.");
        return DirectoryStore.Open(Path.GetFullPath(address, directory));
    }

    static S3Settings S3Of(string address, IReadOnlyDictionary<string, string> variables)
    {
        var (bucket, prefix, options) = Parts(address, S3Scheme, ["endpoint", "region", "lock"]);
        var endpoint = options.GetValueOrDefault("endpoint") ?? Find(variables, "AWS_ENDPOINT_URL_S3") ?? Find(variables, "AWS_ENDPOINT_URL");
        return new S3Settings
        {
            Bucket = bucket,
            Prefix = prefix,
            Endpoint = endpoint is null ? null : HttpUri(endpoint, "the endpoint"),
            Region = options.GetValueOrDefault("region") ?? Find(variables, "AWS_REGION") ?? Find(variables, "AWS_DEFAULT_REGION") ?? "us-east-1",
            AccessKey = Get(variables, "AWS_ACCESS_KEY_ID", address),
            SecretKey = Get(variables, "AWS_SECRET_ACCESS_KEY", address),
            SessionToken = Find(variables, "AWS_SESSION_TOKEN"),
            AuthorityFile = Find(variables, "AWS_CA_BUNDLE"),
            LockFor = options.GetValueOrDefault("lock") is { } days ? Days(days) : null,
        };
    }

    static SwiftSettings SwiftOf(string address, IReadOnlyDictionary<string, string> variables)
    {
        var (container, prefix, options) = Parts(address, SwiftScheme, ["region"]);
        var isTempAuth = Find(variables, "ST_AUTH") is not null;
        var isApplication = Find(variables, "OS_APPLICATION_CREDENTIAL_ID") is not null;
        return new SwiftSettings
        {
            Container = container,
            Prefix = prefix,
            Login = isTempAuth ? SwiftLogin.TempAuth : isApplication ? SwiftLogin.ApplicationCredential : SwiftLogin.Password,
            AuthUrl = HttpUri(Get(variables, isTempAuth ? "ST_AUTH" : "OS_AUTH_URL", address), "the login's address"),
            User = Get(variables, isTempAuth ? "ST_USER" : isApplication ? "OS_APPLICATION_CREDENTIAL_ID" : "OS_USERNAME", address),
            Password = Get(variables, isTempAuth ? "ST_KEY" : isApplication ? "OS_APPLICATION_CREDENTIAL_SECRET" : "OS_PASSWORD", address),
            Project = isTempAuth || isApplication ? null : Get(variables, "OS_PROJECT_NAME", address),
            UserDomain = Find(variables, "OS_USER_DOMAIN_NAME") ?? "Default",
            ProjectDomain = Find(variables, "OS_PROJECT_DOMAIN_NAME") ?? "Default",
            Region = options.GetValueOrDefault("region") ?? Find(variables, "OS_REGION_NAME"),
            AuthorityFile = Find(variables, "OS_CACERT"),
        };
    }

    static (string Name, string Prefix, Dictionary<string, string> Options) Parts(string address, string scheme, string[] known)
    {
        var rest = address[scheme.Length..];
        var mark = rest.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? rest : rest[..mark];
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in mark < 0 ? [] : rest[(mark + 1)..].Split('&'))
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !known.Contains(option[..equals])) throw Refused($"'{option}' in '{address}' is not known; known are: {string.Join(", ", known)}.");
            options[option[..equals]] = Uri.UnescapeDataString(option[(equals + 1)..]);
        }
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? path : path[..slash];
        return name.Length > 0 ? (name, slash < 0 ? "" : path[(slash + 1)..], options) : throw Refused($"'{address}' names no bucket or container.");
    }

    static Uri HttpUri(string text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : throw Refused($"'{text}' is not {what}: it begins with https:// or http://.");

    static TimeSpan Days(string text) =>
        text.EndsWith('d') && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 36_500
            ? TimeSpan.FromDays(days)
            : throw Refused($"'lock={text}' is not a time of days, such as lock=30d.");

    static string? Find(IReadOnlyDictionary<string, string> variables, string name) => variables.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    static string Get(IReadOnlyDictionary<string, string> variables, string name, string address) =>
        Find(variables, name) ?? throw Refused($"{name} is not set in the environment; {address} needs it.");

    static RepositoryException Refused(string message) => new(RepositoryFault.Refused, message);
}
