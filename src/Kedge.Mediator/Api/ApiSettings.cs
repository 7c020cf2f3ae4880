using System.Globalization;
using System.Net;

namespace Kedge.Mediator.Api;

/// <summary>What of the API is set. What each is for: docs/operate/api.md</summary>
public sealed record ApiSettings
{
    /// <summary>A certificate with its chain, as PEM; null: plain HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>Its key, as PEM.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>Entry of clouds.yaml whose Keystone judges the tokens of users; null: there are API tokens only.</summary>
    public string? Keystone { get; init; }

    /// <summary>Requests a second and caller, on average; ten seconds' worth at once. From one address twice as many.</summary>
    public int RequestsPerSecond { get; init; } = 50;

    /// <summary>Requests under way at once, of all callers.</summary>
    public int AtOnce { get; init; } = 200;

    /// <summary>How long a request may take; one that starts a run four times as long.</summary>
    public TimeSpan LongestRequest { get; init; } = TimeSpan.FromSeconds(30);

    /// <param name="problems">Each is added.</param>
    public static ApiSettings Parse(IReadOnlyDictionary<string, string> values, Uri listen, List<string> problems)
    {
        var certificate = Text("KEDGE_TLS_CERTIFICATE");
        var key = Text("KEDGE_TLS_KEY");
        foreach (var (name, path) in new[] { ("KEDGE_TLS_CERTIFICATE", certificate), ("KEDGE_TLS_KEY", key) })
        {
            if (path is not null && !File.Exists(path))
                problems.Add($"{name}: there is no file {path}.");
        }
        if (listen.Scheme is "https" && (certificate is null || key is null))
            problems.Add("KEDGE_LISTEN: https needs KEDGE_TLS_CERTIFICATE and KEDGE_TLS_KEY, two PEM files.");
        if (listen.Scheme is "http" && !IsLoopback(listen) && values.GetValueOrDefault("KEDGE_PLAIN_HTTP") is not "true")
            problems.Add($"KEDGE_LISTEN: {listen} would carry tokens in the clear: take https, a loopback address behind a proxy, or say KEDGE_PLAIN_HTTP=true.");
        return new ApiSettings
        {
            Certificate = listen.Scheme is "https" ? certificate : null,
            CertificateKey = listen.Scheme is "https" ? key : null,
            Keystone = Text("KEDGE_KEYSTONE"),
            RequestsPerSecond = Number("KEDGE_API_REQUESTS_PER_SECOND", 50, 1, 100_000),
            AtOnce = Number("KEDGE_API_AT_ONCE", 200, 1, 10_000),
            LongestRequest = TimeSpan.FromSeconds(Number("KEDGE_API_LONGEST_REQUEST", 30, 1, 600)),
        };

        string? Text(string name) => values.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

        int Number(string name, int otherwise, int least, int most)
        {
            if (Text(name) is not { } text)
                return otherwise;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
                return value;
            problems.Add($"{name}: '{text}' is not a whole number from {least} to {most}.");
            return otherwise;
        }
    }

    static bool IsLoopback(Uri listen) => listen.IsLoopback || (IPAddress.TryParse(listen.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
