using System.Globalization;

namespace Kedge.Output;

/// <summary>Moments as a person and a script both read them.</summary>
static class Moments
{
    public static string Text(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Text(DateTimeOffset? at) => at is { } known ? Text(known) : null;
}
