using System.Text.Json;
using Kedge.Plans;

namespace Kedge.Recovery.Steps;

/// <summary>Which sites a plan speaks to: by convention of <see cref="RecoveryStep"/>s, the arguments of these names.</summary>
public static class PlanSites
{
    public static IEnumerable<string> Of(Plan plan) =>
        plan.Steps.SelectMany(s => s.Arguments.EnumerateObject())
            .Where(p => p.Name is "site" or "from" or "to" or "source" or "target" && p.Value.ValueKind is JsonValueKind.String)
            .Select(p => p.Value.GetString()!)
            .Distinct()
            .Order(StringComparer.Ordinal);
}
