using System.Text;

namespace Kedge.Recovery.Tests.Fidelity;

/// <summary>Writes the contract as docs/fidelity.md, so that the document cannot say what no test shows.</summary>
public sealed class FidelityTable
{
    [Fact]
    public void The_document_says_what_the_tests_show() => Golden.Demand("../../../docs/fidelity.md", Written());

    static string Written()
    {
        var text = new StringBuilder("""
            # What comes back, field by field

            Written by `Kedge.Recovery.Tests` (`FidelityTable`); every *yes* is a test. *Captured*: read from the source into the blueprint with the value
            it has there. *Restored*: has that value, or what stands for it there, after a failover. *Compared*: a test demands it after a failover in
            the sandbox. What a cloud does not show to the site's users is named in the blueprint with what would make it readable.

            """);
        foreach (var resource in FidelityContract.All.GroupBy(one => one.Resource))
        {
            text.Append("\n## ").Append(resource.Key).Append("\n\n| field | captured | restored | compared | why not |\n|---|---|---|---|---|\n");
            foreach (var one in resource)
                text.Append(Row(one)).Append('\n');
        }
        return text.ToString().ReplaceLineEndings("\n");
    }

    static string Row(FidelityField one)
    {
        if (one.WhyNotCaptured is { } why)
            return $"| {one.Field} | no | no | no | {why} |";
        return RestoredFields.ByKey.TryGetValue(one.Key, out var restored)
            ? $"| {one.Field} | yes | {YesNo(restored.IsRestored)} | {YesNo(restored.IsCompared)} | {restored.Why} |"
            : $"| {one.Field} | yes | ? | ? | not decided yet |";
    }

    static string YesNo(bool so) => so ? "yes" : "no";
}
