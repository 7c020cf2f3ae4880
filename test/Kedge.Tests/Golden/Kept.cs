using System.Text.RegularExpressions;

namespace Kedge.Tests.Golden;

/// <summary>Output without what differs from one time to the next: ids by order of appearance, moments, durations, paths, ports.</summary>
static partial class Kept
{
    public static string Text(Typed typed, Desk desk)
    {
        var ids = new Dictionary<string, string>();
        var text = typed.Output.Replace(desk.Folder, "FOLDER", StringComparison.Ordinal);
        text = Id().Replace(text, found =>
        {
            if (!ids.TryGetValue(found.Value, out var known))
                ids[found.Value] = known = $"ID{ids.Count + 1}".PadRight(found.Length, '_');
            return known;
        });
        text = Moment().Replace(text, "2026-MM-DDThh:mm:ssZ");
        text = Duration().Replace(text, "(some time)");
        // Columns are as wide as what is in them.
        text = Blanks().Replace(text, " ");
        return Rule().Replace(text, "--");
    }

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b|\b\d{8}T\d{6}Z-[0-9a-f]{8}\b")]
    private static partial Regex Id();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Moment();

    [GeneratedRegex(@"\b\d+(\.\d+)? (ms|s|min|h)\b( \d+ s)?")]
    private static partial Regex Duration();

    [GeneratedRegex(@" {2,}(?=\S)(?<!\n *)| +(?=\|)")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"-{3,}")]
    private static partial Regex Rule();
}
