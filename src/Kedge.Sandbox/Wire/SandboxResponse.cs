using System.Text.Json.Nodes;
using System.Text.Json;

namespace Kedge.Sandbox.Wire;

/// <summary>One HTTP answer.</summary>
public sealed class SandboxResponse
{
    SandboxResponse(int status, string? contentType, byte[] bytes, Stream? stream)
    {
        Status = status;
        ContentType = contentType;
        Bytes = bytes;
        Stream = stream;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>Null when there is no body.</summary>
    public string? ContentType { get; }

    /// <summary>The body, unless it is a <see cref="Stream"/>.</summary>
    public byte[] Bytes { get; }

    /// <summary>A large body, read once.</summary>
    public Stream? Stream { get; }

    /// <summary>All headers but the content type.</summary>
    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    internal static SandboxResponse Json(int status, JsonNode body) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(body), null);

    internal static SandboxResponse Text(int status, string contentType, string text) =>
        new(status, contentType, System.Text.Encoding.UTF8.GetBytes(text), null);

    internal static SandboxResponse Octets(Stream stream) => new(200, "application/octet-stream", [], stream);

    internal static SandboxResponse Empty(int status) => new(status, null, [], null);

    internal SandboxResponse With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }
}
