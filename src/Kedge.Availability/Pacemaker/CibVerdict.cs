using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Kedge.Availability.Pacemaker;

/// <summary>
/// What <c>crm_verify</c> says of a CIB. Its exit code does not tell errors from warnings (2.1.5 answers 78 to both, and 0 to some warnings), and
/// its XML has no reasons; they are read from what it prints for people.
/// </summary>
public sealed partial record CibVerdict(ImmutableArray<string> Errors, ImmutableArray<string> Warnings)
{
    public static CibVerdict Read(CommandAnswer answer)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        foreach (var line in answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Said().Match(line) is { Success: true } said)
                (said.Groups["weight"].Value is "warning" ? warnings : errors).Add(said.Groups["text"].Value);
            else if (Xml().Match(line) is { Success: true } xml)
                errors.Add(xml.Groups["text"].Value);
        }
        if (answer.ExitCode != 0 && errors.Count + warnings.Count == 0)
            errors.Add(answer.Error.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 2000)] : $"crm_verify ended with {answer.ExitCode} and gave no reason.");
        return new([.. errors.Distinct()], [.. warnings.Distinct()]);
    }

    /// <summary>What this CIB has and another one had not.</summary>
    public IEnumerable<string> NewSince(CibVerdict before) => Errors.Except(before.Errors).Concat(Warnings.Except(before.Warnings).Except(before.Errors));

    [GeneratedRegex(@"^(?:\([^)]*\)\s*)?(?<weight>warning|error|crit):\s*(?<text>.+)$")]
    private static partial Regex Said();

    /// <summary>libxml2's own lines, with the line of a file that nobody has: that number is left out, so that the same fault reads the same.</summary>
    [GeneratedRegex(@"^(?:\S*?:|Entity: line )\d+:\s*(?<text>element .*error.*)$")]
    private static partial Regex Xml();
}
