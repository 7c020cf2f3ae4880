namespace Kedge.Availability.Export;

/// <summary>Words as a shell, pcs and crmsh read them.</summary>
static class ShellText
{
    public static string Word(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '=' or '%' or '+' or ',' or '@')
        ? text
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    public static IEnumerable<string> Pairs(IEnumerable<KeyValuePair<string, string>> pairs) => pairs.Select(pair => Word($"{pair.Key}={pair.Value}"));
}
