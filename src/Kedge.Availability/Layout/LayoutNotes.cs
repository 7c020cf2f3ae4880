using System.Collections.Immutable;
using Kedge.Availability.Description;

namespace Kedge.Availability.Layout;

/// <summary>What a person must know of a layout that its resources do not show.</summary>
static class LayoutNotes
{
    public static IEnumerable<string> Of(ClusterDescription description, ImmutableArray<KeptEntry> all)
    {
        var asked = description.Services.Select(entry => entry.Name).Concat(description.Profile is Profile.Paper ? CatalogueEntry.OfThePaper.Select(one => one.Name) : []);
        foreach (var gone in asked.Distinct().Select(CatalogueEntry.Find).OfType<CatalogueEntry>().Where(known => known.IsGoneIn(description.Release)))
            yield return $"{gone.Name} is not made into a resource: Nova has none since {Capital(gone.GoneSince!)}. In its place: {gone.Instead}.";
        foreach (var service in all.Where(service => service.Keeper is Keeper.Systemd))
            yield return $"{service.Name} is left to systemd on {string.Join(", ", service.Entry.On ?? description.Controllers)}: it keeps nothing, and HAProxy goes round a dead instance. To have it kept by Pacemaker: kept: pacemaker.";
        if (description.Profile is Profile.Paper && all.Where(service => !service.IsOfThePaper).Select(service => service.Name).ToArray() is { Length: > 0 } more)
            yield return $"{string.Join(", ", more)}: not among the paper's seven, added by the file.";
        if (description.Fencing.IsEmpty)
            yield return "The file names no fencing device; those of the cluster stay as they are. Without any, nothing of a lost node ever starts elsewhere.";
        else if (description.Controllers.Length == 2 && description.Fencing.All(device => device.Delay is null))
            yield return "Two controllers and no delay on a fencing device: after a cut each may switch the other off at the same moment. Give the device that fences the one that shall survive a delay.";
        if (description.Profile is Profile.Modern && !description.VirtualIps.IsEmpty && all.All(service => service.Name != "haproxy"))
            yield return "The profile modern without haproxy: a virtual IP may stand where no API answers.";
    }

    static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
