using System.Collections.Concurrent;
using System.Globalization;
using System.Xml.Linq;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Watch;

/// <summary>
/// Carries a suspicion to Pacemaker, in three looks: the resource's own agent is run as Pacemaker's monitor would run it; Pacemaker's own
/// records must take the resource for running and untouched; only then is the resource reported as failed, which Pacemaker counts and
/// recovers like a failed monitor. Why so: docs/decisions/0018.
/// </summary>
public sealed class FailureReport(IClusterCommands commands, string node, TimeProvider clock)
{
    static readonly TimeSpan AgentLimit = TimeSpan.FromSeconds(10);
    static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<string, Patience> patience = new(StringComparer.Ordinal);

    /// <summary>Never throws for what the cluster does: a watcher that fails leaves everything to Pacemaker.</summary>
    public async Task<WatchNote> SendAsync(Watched watched, Suspicion suspicion, CancellationToken cancel)
    {
        var begun = clock.GetUtcNow();
        var (verdict, detail) = await JudgeAsync(watched, suspicion, cancel);
        return new(begun, watched.Resource, suspicion, verdict, clock.GetUtcNow() - begun, detail);
    }

    async Task<(Verdict Verdict, string Detail)> JudgeAsync(Watched watched, Suspicion suspicion, CancellationToken cancel)
    {
        var one = patience.GetOrAdd(watched.Instance, _ => new Patience());
        if (!one.MayAsk(clock.GetUtcNow()))
            return (Verdict.TooOften, $"asked too often within {Patience.Window.TotalSeconds:0} s");
        try
        {
            var answer = await AskAgentAsync(watched.Resource, deep: suspicion is not (Suspicion.Died or Suspicion.Missing), cancel);
            if (answer.IsWell)
            {
                one.Denied(clock.GetUtcNow());
                return (Verdict.AgentSaysWell, answer.Text);
            }
            if (!answer.IsFailed)
            {
                one.Denied(clock.GetUtcNow());
                return (Verdict.AgentCannotSay, answer.Text);
            }
            if (!await RunsForPacemakerAsync(watched.Instance, cancel))
                return (Verdict.PacemakerKnows, answer.Text);
            if (!one.MayTell(clock.GetUtcNow()))
                return (Verdict.TooOften, $"told {Patience.MostTold} times within {Patience.Window.TotalSeconds:0} s");
            var told = await commands.RunAsync(["crm_resource", "--fail", "--resource", watched.Resource, "--node", node], null, ToolLimit, cancel);
            return told.ExitCode == 0 ? (Verdict.Told, answer.Text) : (Verdict.NoAnswer, $"crm_resource --fail ended with {told.ExitCode}: {told.Error.Trim()}");
        }
        catch (ClusterException e)
        {
            return (Verdict.NoAnswer, e.Message);
        }
    }

    async Task<AgentAnswer> AskAgentAsync(string resource, bool deep, CancellationToken cancel)
    {
        var answer = await commands.RunAsync(
            ["crm_resource", deep ? "--force-check=10" : "--force-check", "--resource", resource, "--timeout", $"{AgentLimit.TotalSeconds:0}", "--output-as=xml"],
            null,
            AgentLimit + ToolLimit,
            cancel);
        return AgentAnswer.Read(answer.Output);
    }

    /// <summary>Reads this node's copy, which the controller here writes before it begins a stop.</summary>
    async Task<bool> RunsForPacemakerAsync(string instance, CancellationToken cancel)
    {
        var cib = await commands.RunAsync(["cibadmin", "--query", "--local"], null, ToolLimit, cancel);
        return cib.ExitCode == 0
            ? WatchList.Of(Cib.Parse(cib.Output), node).Any(one => one.Instance == instance)
            : throw new ClusterException(ClusterFault.Refused, $"cibadmin ended with {cib.ExitCode}: {cib.Error.Trim()}");
    }
}

/// <summary>What an agent said when it was run outside Pacemaker.</summary>
/// <param name="Code">As OCF numbers answers.</param>
/// <param name="Finished">False: it was killed at its limit.</param>
sealed record AgentAnswer(int Code, bool Finished, string Text)
{
    const int TimedOut = 2;

    public bool IsWell => Finished && Code is 0 or 8;

    /// <summary>Not running, failed, failed while promoted, or hanging. The codes 2 to 6 are about the agent's configuration, not about the service.</summary>
    public bool IsFailed => !Finished || Code is 1 or 7 or 9;

    /// <exception cref="ClusterException">Not what crm_resource prints.</exception>
    public static AgentAnswer Read(string xml)
    {
        var status = ClusterXml.Parse(xml, "pacemaker-result").Descendants("agent-status").FirstOrDefault()
            ?? throw new ClusterException(ClusterFault.Unreadable, "crm_resource --force-check gave no <agent-status>.");
        var execution = Number(status, "execution_code");
        return execution is 0 or TimedOut
            ? new(Number(status, "code"), execution == 0, $"agent: {(execution == 0 ? (string?)status.Attribute("message") : (string?)status.Attribute("execution_message"))}")
            : throw new ClusterException(ClusterFault.Refused, $"The agent could not be run: {(string?)status.Attribute("execution_message")}");
    }

    static int Number(XElement element, string name) => int.TryParse((string?)element.Attribute(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ClusterException(ClusterFault.Unreadable, $"<agent-status> of crm_resource has no {name}.");
}
