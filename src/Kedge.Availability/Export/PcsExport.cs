using System.Globalization;
using Kedge.Availability.Description;
using Kedge.Availability.Layout;

namespace Kedge.Availability.Export;

/// <summary>A layout as <c>pcs</c> commands (0.11), one a line, for those who type. They make the same CIB; a test runs them.</summary>
public static class PcsExport
{
    public static string Write(ClusterLayout layout)
    {
        var lines = layout.Notes.Select(note => $"# {note}").ToList();
        if (!layout.Properties.IsEmpty)
            lines.Add($"pcs property set {Joined(ShellText.Pairs(layout.Properties))} --force");
        lines.AddRange(layout.Resources.Select(resource => resource.IsFencingDevice ? Device(resource) : Create(resource)));
        lines.AddRange(layout.Levels.Select(level => string.Create(
            CultureInfo.InvariantCulture, $"pcs stonith level add {level.Index} {ShellText.Word(level.Node)} {string.Join(' ', level.Devices)}")));
        lines.AddRange(layout.Bans.Select(ban => $"pcs constraint location add {ban.Id} {ban.Resource} {ShellText.Word(ban.Node)} -INFINITY"));
        lines.AddRange(layout.AwayFromDc.Select(away => string.Create(
            CultureInfo.InvariantCulture, $"pcs constraint location {away.Resource} rule constraint-id={away.Id} score={AwayFromDc.Score} '#is_dc' ne true")));
        lines.AddRange(layout.Togethers.Select(together =>
            $"pcs constraint colocation add {together.Follower} with {(together.WithPromoted ? "Promoted " : "")}{together.With} INFINITY id={together.Id}"));
        lines.AddRange(layout.Aparts.Select(apart => $"pcs constraint colocation add {apart.One} with {apart.Other} -INFINITY id={apart.Id}"));
        lines.AddRange(layout.Orders.Select(order =>
            $"pcs constraint order {order.FirstAction} {order.First} then start {order.Then} kind={(order.IsMandatory ? "Mandatory" : "Optional")} id={order.Id}"));
        return string.Concat(lines.Select(line => line + "\n"));
    }

    /// <summary>--force: the agents need not be installed where it is typed.</summary>
    static string Create(Resource resource)
    {
        var words = new List<string> { "pcs resource create", resource.Id, resource.Agent };
        words.AddRange(ShellText.Pairs(resource.Parameters));
        words.AddRange(resource.Operations.SelectMany(Operation));
        if (!resource.Meta.IsEmpty)
            words.AddRange(["meta", .. ShellText.Pairs(resource.Meta)]);
        if (resource.Runs is not Runs.Once)
        {
            // pcs writes promotable=true itself.
            words.AddRange([resource.Runs is Runs.Promoted ? "promotable" : "clone", resource.Whole]);
            words.AddRange(ShellText.Pairs(resource.CloneMeta.Where(pair => pair.Key != "promotable")));
        }
        return $"{Joined(words)} --no-default-ops --force";
    }

    static string Device(Resource device) => Joined(
        ["pcs stonith create", device.Id, device.Agent["stonith:".Length..], .. ShellText.Pairs(device.Parameters), .. device.Operations.SelectMany(Operation), "--force"]);

    static IEnumerable<string> Operation(Operation operation)
    {
        yield return $"op {operation.Name} interval={PacemakerTime.Write(operation.Interval)}";
        if (operation.Timeout is { } timeout)
            yield return $"timeout={PacemakerTime.Write(timeout)}";
        if (operation.Role is { } role)
            yield return $"role={role}";
        if (operation.Level is { } level)
            yield return string.Create(CultureInfo.InvariantCulture, $"OCF_CHECK_LEVEL={level}");
    }

    static string Joined(IEnumerable<string> words) => string.Join(' ', words);
}
