using System.Globalization;

namespace Kedge.Sandbox.Wire;

/// <summary>The microversions that a service speaks: all of one major number.</summary>
/// <param name="Name">As in the header: compute or volume.</param>
/// <param name="Major">2 for Nova, 3 for Cinder.</param>
/// <param name="Min">Used when the caller names none.</param>
/// <param name="Max">The newest.</param>
/// <param name="LegacyHeader">Nova's own older header; null elsewhere.</param>
sealed record Microversions(string Name, int Major, int Min, int Max, string? LegacyHeader = null)
{
    /// <summary>The minor number that a request asks for.</summary>
    public int Of(SandboxRequest request)
    {
        var asked = FromHeader(request.Header("OpenStack-API-Version")) ?? (LegacyHeader is null ? null
            : request.Header(LegacyHeader)?.Trim());
        if (asked is null)
            return Min;
        if (asked == "latest")
            return Max;
        var parts = asked.Split('.');
        if (parts.Length != 2 || !Parse(parts[0], out var major) || !Parse(parts[1], out var minor))
            throw ApiFault.Bad($"API Version String {asked} is of invalid format. Must be of format MajorNum.MinorNum.");
        if (major != Major || minor < Min || minor > Max)
            throw new ApiFault(406, $"Version {asked} is not supported by the API. Minimum is {Major}.{Min} and maximum is {Major}.{Max}.");
        return minor;
    }

    public void Mark(SandboxResponse response, int minor)
    {
        response.Headers["OpenStack-API-Version"] = $"{Name} {Major}.{minor}";
        response.Headers["Vary"] = LegacyHeader is null ? "OpenStack-API-Version" : $"OpenStack-API-Version, {LegacyHeader}";
        if (LegacyHeader is not null)
            response.Headers[LegacyHeader] = $"{Major}.{minor}";
    }

    string? FromHeader(string? header)
    {
        foreach (var part in (header ?? "").Split(',', StringSplitOptions.TrimEntries))
            if (part.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, var version] && name == Name)
                return version;
        return null;
    }

    static bool Parse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
