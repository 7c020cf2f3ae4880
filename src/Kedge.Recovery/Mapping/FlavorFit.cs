using System.Collections.Immutable;
using Kedge.OpenStack.Compute;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Mapping;

/// <summary>How a flavor of the target compares with what a workload's servers were built with: by content, the name decides nothing.</summary>
/// <param name="Flavor">At the target.</param>
/// <param name="Smaller">In what it is too small; such a flavor is never proposed.</param>
/// <param name="Differences">In what it is larger, or has other extra specs.</param>
/// <param name="OtherSpecs">How many extra specs differ; 0 also where the target does not show them, which <paramref name="Differences"/> says.</param>
/// <param name="Excess">How much larger, as a sum of ratios; 0: of the same sizes.</param>
sealed record FlavorFit(Flavor Flavor, ImmutableArray<string> Smaller, ImmutableArray<string> Differences, int OtherSpecs, double Excess)
{
    public bool IsSame => Smaller.IsEmpty && Differences.IsEmpty;

    public static FlavorFit Of(NeededFlavor needed, Flavor flavor)
    {
        var shape = needed.Shape;
        var smaller = ImmutableArray.CreateBuilder<string>();
        var differences = ImmutableArray.CreateBuilder<string>();
        var excess = 0.0;

        void Compare(string what, string unit, int has, int needs)
        {
            if (has < needs)
                smaller.Add($"{what} {has}{unit} instead of {needs}{unit}");
            else if (has > needs)
                differences.Add($"{what} {has}{unit} instead of {needs}{unit}");
            excess += has > needs ? (double)(has - needs) / Math.Max(needs, 1) : 0;
        }

        Compare("vCPUs", "", flavor.Vcpus, shape.Vcpus);
        Compare("RAM", " MiB", flavor.RamMib, Math.Max(shape.RamMib, needed.MinRamMib));
        // A server that boots from a volume has no root disk of the flavor's: its size is neither too small nor too large.
        if (needed.IsBootedFromImage && !(flavor.DiskGib == 0 && shape.DiskGib == 0))
            Compare("root disk", " GiB", flavor.DiskGib, Math.Max(shape.DiskGib, needed.MinDiskGib));
        Compare("ephemeral disk", " GiB", flavor.EphemeralGib, shape.EphemeralGib);
        Compare("swap", " MiB", flavor.SwapMib, shape.SwapMib);
        return new FlavorFit(flavor, smaller.ToImmutable(), [.. differences, .. SpecDifferences(shape, flavor)], OtherSpecsOf(shape, flavor).Count(), excess);
    }

    /// <summary>The best first: the same extra specs, then the closest sizes, also of a root disk that is not used; the name only between equals.</summary>
    public static IEnumerable<FlavorFit> Ranked(NeededFlavor needed, IEnumerable<Flavor> flavors) =>
        flavors.Select(flavor => Of(needed, flavor))
            .Where(fit => fit.Smaller.IsEmpty)
            .OrderBy(fit => fit.OtherSpecs)
            .ThenBy(fit => fit.Excess)
            .ThenBy(fit => fit.Flavor.DiskGib != needed.Shape.DiskGib)
            .ThenBy(fit => fit.Flavor.Name != needed.Shape.Name)
            .ThenBy(fit => fit.Flavor.Name, StringComparer.Ordinal)
            .ThenBy(fit => fit.Flavor.Id.Value, StringComparer.Ordinal);

    static IEnumerable<string> SpecDifferences(FlavorShape shape, Flavor flavor) =>
        flavor.ExtraSpecs is null && !shape.ExtraSpecs.IsEmpty
            ? ["its extra specs are not shown to this user"]
            : OtherSpecsOf(shape, flavor);

    static IEnumerable<string> OtherSpecsOf(FlavorShape shape, Flavor flavor)
    {
        if (flavor.ExtraSpecs is not { } has)
            yield break;
        foreach (var (key, value) in shape.ExtraSpecs)
        {
            if (!has.TryGetValue(key, out var other))
                yield return $"without extra spec {key}={value}";
            else if (other != value)
                yield return $"extra spec {key}={other} instead of {value}";
        }
        foreach (var (key, value) in has.OrderBy(spec => spec.Key, StringComparer.Ordinal).Where(spec => !shape.ExtraSpecs.ContainsKey(spec.Key)))
            yield return $"with extra spec {key}={value}";
    }
}
