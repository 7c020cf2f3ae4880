namespace Kedge.Sandbox.Wire;

/// <summary>One HTTP request, wherever it came from: a socket or the in-memory handler.</summary>
/// <param name="Method">HTTP method in capitals.</param>
/// <param name="Url">Absolute; links in answers begin with its scheme and authority.</param>
/// <param name="Headers">By name, case-insensitive.</param>
/// <param name="Body">Read once, to its end.</param>
public sealed record SandboxRequest(string Method, Uri Url, IReadOnlyDictionary<string, string> Headers, Stream Body)
{
    /// <summary>The value of a header, or null.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;
}
