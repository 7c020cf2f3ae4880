using System.Globalization;
using Kedge.Availability.Description;
using Kedge.Availability.Layout;

namespace Kedge.Availability.Export;

/// <summary>A layout as <c>crm configure</c> reads it (crmsh 4.4), one a line, for those who type. It makes the same CIB; a test loads it.</summary>
public static class CrmExport
{
    public static string Write(ClusterLayout layout)
    {
        var lines = layout.Notes.Select(note => $"# {note}").ToList();
        lines.AddRange(layout.Resources.Select(Primitive));
        lines.AddRange(layout.Resources.Where(resource => resource.Runs is not Runs.Once)
            .Select(resource => $"clone {resource.Whole} {resource.Id} meta {Pairs(resource.CloneMeta)}"));
        lines.AddRange(layout.Bans.Select(ban => $"location {ban.Id} {ban.Resource} -inf: {ban.Node}"));
        lines.AddRange(layout.AwayFromDc.Select(away => string.Create(
            CultureInfo.InvariantCulture, $"location {away.Id} {away.Resource} rule {AwayFromDc.Score}: #is_dc ne true")));
        lines.AddRange(layout.Togethers.Select(together => $"colocation {together.Id} inf: {together.Follower} {together.With}{(together.WithPromoted ? ":Promoted" : "")}"));
        lines.AddRange(layout.Aparts.Select(apart => $"colocation {apart.Id} -inf: {apart.One} {apart.Other}"));
        lines.AddRange(layout.Orders.Select(order => $"order {order.Id} {(order.IsMandatory ? "Mandatory" : "Optional")}: {order.First}:{order.FirstAction} {order.Then}:start"));
        if (!layout.Levels.IsEmpty)
            lines.Add($"fencing_topology {string.Join(' ', layout.Levels.GroupBy(level => level.Node).Select(Topology))}");
        if (!layout.Properties.IsEmpty)
            lines.Add($"property {Pairs(layout.Properties)}");
        return string.Concat(lines.Select(line => line + "\n"));
    }

    static string Primitive(Resource resource)
    {
        var text = $"primitive {resource.Id} {resource.Agent}";
        if (!resource.Parameters.IsEmpty)
            text += $" params {Pairs(resource.Parameters)}";
        foreach (var operation in resource.Operations)
        {
            text += $" op {operation.Name} interval={PacemakerTime.Write(operation.Interval)}"
                + (operation.Timeout is { } timeout ? $" timeout={PacemakerTime.Write(timeout)}" : "")
                + (operation.Role is { } role ? $" role={role}" : "")
                + (operation.Level is { } level ? string.Create(CultureInfo.InvariantCulture, $" OCF_CHECK_LEVEL={level}") : "");
        }
        return resource.Meta.IsEmpty ? text : $"{text} meta {Pairs(resource.Meta)}";
    }

    /// <summary>Levels follow each other by blanks, devices of one level by commas; crm counts the levels itself.</summary>
    static string Topology(IGrouping<string, Level> node) => $"{node.Key}: {string.Join(' ', node.OrderBy(level => level.Index).Select(level => string.Join(',', level.Devices)))}";

    static string Pairs(IEnumerable<KeyValuePair<string, string>> pairs) => string.Join(' ', pairs.Select(pair => $"{pair.Key}={Quoted(pair.Value)}"));

    /// <summary>crmsh takes double quotes, with a backslash before those inside.</summary>
    static string Quoted(string value) => value.Length > 0 && ShellText.Word(value) == value
        ? value
        : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
