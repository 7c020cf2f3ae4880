using System.Collections.Immutable;
using Kedge.Availability.Description;

namespace Kedge.Availability.Layout;

/// <summary>A service of the file with what its profile decided.</summary>
sealed record KeptEntry(ServiceEntry Entry, Nature Nature, Keeper Keeper, Runs Runs, string Agent, TimeSpan Monitor, ImmutableArray<string> After)
{
    static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);

    public string Name => Entry.Name;

    public bool IsOfThePaper { get; private init; }

    /// <summary>Those of the file, and in the profile of the paper those that it brings; what is gone from the release is left out.</summary>
    public static ImmutableArray<KeptEntry> Of(ClusterDescription description)
    {
        var given = description.Services.DistinctBy(entry => entry.Name).ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        var brought = description.Profile is Profile.Paper
            ? CatalogueEntry.OfThePaper.Select(one => given.GetValueOrDefault(one.Name) ?? ServiceEntry.Of(one.Name, new("", 1, ImmutableDictionary<string, long>.Empty)))
            : [];
        return
        [
            .. brought.Concat(given.Values.OrderBy(entry => entry.Place.Line)).DistinctBy(entry => entry.Name)
                .Where(entry => CatalogueEntry.Find(entry.Name)?.IsGoneIn(description.Release) is not true)
                .Select(entry => Of(entry, description, given)),
        ];
    }

    static KeptEntry Of(ServiceEntry entry, ClusterDescription description, Dictionary<string, ServiceEntry> given)
    {
        var known = CatalogueEntry.Find(entry.Name);
        var nature = known?.Nature ?? Nature.Worker;
        var agent = entry.Agent ?? known?.Agent ?? "ocf:openstack:service";
        if (description.Profile is Profile.Paper && CatalogueEntry.OfThePaper.FirstOrDefault(one => one.Name == entry.Name) is { Name: not null } paper)
            return new(entry, nature, Keeper.Pacemaker, Runs.Once, agent, TimeSpan.FromSeconds(paper.Seconds), []) { IsOfThePaper = true };
        var keeper = entry.Kept ?? (description.Profile is Profile.Modern && nature is Nature.Api or Nature.Worker && entry.Agent is null ? Keeper.Systemd : Keeper.Pacemaker);
        var runs = entry.Runs ?? (description.Profile is Profile.Paper ? Runs.Once : known?.Runs ?? Runs.Everywhere);
        var after = description.Profile is Profile.Paper ? [] : (known?.After ?? []).Where(given.ContainsKey);
        return new(entry, nature, keeper, runs, agent, entry.Monitor ?? Usual, [.. after.Concat(entry.After).Distinct()]);
    }
}
