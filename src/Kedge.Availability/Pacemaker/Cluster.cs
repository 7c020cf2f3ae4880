using System.Globalization;
using System.Xml.Linq;

namespace Kedge.Availability.Pacemaker;

/// <summary>One Pacemaker cluster, through its own tools on one of its nodes.</summary>
public sealed class Cluster(IClusterCommands commands, TimeProvider clock)
{
    const int Conflict = 103;
    const int MostTries = 40;
    const int StillAtWork = 124;
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The policy engine took 21 s for 5,000 resources on 3 nodes.</summary>
    static readonly TimeSpan SchedulerLimit = TimeSpan.FromMinutes(2);

    public async Task<ClusterStatus> ReadStatusAsync(CancellationToken cancel) =>
        ClusterStatus.Parse(await AskAsync(["crm_mon", "-1", "--output-as=xml", "--include=all"], cancel));

    /// <summary>This node's own copy: there also while no DC is elected, and perhaps a moment older than the others'.</summary>
    public async Task<Cib> ReadLocalCibAsync(CancellationToken cancel) => Cib.Parse(await AskAsync(["cibadmin", "--query", "--local"], cancel));

    public async Task<Cib> ReadCibAsync(CancellationToken cancel) => Cib.Parse(await AskAsync(["cibadmin", "--query"], cancel));

    /// <inheritdoc cref="ChangeAsync(Action{XElement}, IReadOnlyCollection{string}, CancellationToken)"/>
    public Task<Cib> ChangeAsync(Action<XElement> change, CancellationToken cancel) => ChangeAsync(change, [], cancel);

    /// <summary>
    /// Changes the configuration by reading all, changing, and replacing all, which Pacemaker refuses when somebody wrote in between; then
    /// it is read and changed again. A section is never replaced: that overwrites what others wrote, without a word. Before each try
    /// <c>crm_verify</c> and the policy engine look at what would be written; an error, or a warning that was not there before, stops it.
    /// Each node judges a replace by its own copy, and one that is a moment behind takes what the others refuse; the DC's copy wins
    /// afterwards. So a write counts when the DC has it, else it is made again.
    /// </summary>
    /// <param name="change">Gets &lt;configuration&gt;; is called several times, and must find nothing to do where its change is made already.</param>
    /// <param name="known">Errors and warnings that are no reason to stop: an undo goes back to them knowingly.</param>
    /// <returns>The CIB as it was just before: what an undo goes back to.</returns>
    /// <exception cref="ClusterException">Refused, or others wrote each time.</exception>
    public async Task<Cib> ChangeAsync(Action<XElement> change, IReadOnlyCollection<string> known, CancellationToken cancel)
    {
        Cib? without = null;
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var before = without ?? await ReadCibAsync(cancel);
            without = null;
            var wanted = before.With(change).ToString();
            await EnsureGoodAsync(before, wanted, known, cancel);
            await SimulateAsync(wanted, cancel);
            var answer = await commands.RunAsync(["cibadmin", "--replace", "--xml-pipe"], wanted, Limit, cancel);
            if (answer.ExitCode is not (0 or Conflict))
                throw Refused("cibadmin", answer);
            if (answer.ExitCode == 0)
            {
                var kept = await ReadCibOfDcAsync(cancel);
                if (kept.Has(change))
                    return before;
                without = kept;
            }
            // Those who were in each other's way must not come back together: a different wait for each, from what they tried to overwrite.
            await Task.Delay(TimeSpan.FromMilliseconds(10 + (attempt * 7) + (Environment.ProcessId % 23)), clock, cancel);
        }
        throw new ClusterException(ClusterFault.Contended, $"Others changed the CIB during each of {MostTries} tries; nothing was written. Try again when they are done.");
    }

    /// <summary>The copy that wins where those of the nodes differ; while no DC is elected, this node's.</summary>
    async Task<Cib> ReadCibOfDcAsync(CancellationToken cancel) =>
        (await ReadStatusAsync(cancel)).Dc is { } dc ? Cib.Parse(await AskAsync(["cibadmin", "--query", "--node", dc], cancel)) : await ReadCibAsync(cancel);

    /// <summary>
    /// Asks Pacemaker what it thinks of a CIB's configuration. What each node has written down of resources is left out: what runs now and is to
    /// go would be called an orphan, and one of several instances of it an error.
    /// </summary>
    public async Task<CibVerdict> VerifyAsync(string cib, CancellationToken cancel)
    {
        var root = ClusterXml.Parse(cib, "cib");
        root.Elements("status").Descendants("lrm_resource").Remove();
        return CibVerdict.Read(await commands.RunAsync(["crm_verify", "--xml-pipe", "-VV"], root.ToString(), Limit, cancel));
    }

    /// <summary>Asks the policy engine what it would do about a CIB, without doing it.</summary>
    public async Task<Transition> SimulateAsync(string cib, CancellationToken cancel)
    {
        var answer = await commands.RunAsync(["crm_simulate", "--xml-pipe", "-R", "--output-as=xml"], cib, SchedulerLimit, cancel);
        return answer.ExitCode == 0 ? Transition.Parse(answer.Output) : throw Refused("crm_simulate", answer);
    }

    /// <summary>True: nothing is left to do for the policy engine. False: it is still at work.</summary>
    /// <param name="patience">Waits so long for it.</param>
    public async Task<bool> WaitUntilSettledAsync(TimeSpan patience, CancellationToken cancel)
    {
        var answer = await commands.RunAsync(
            ["crm_resource", "--wait", string.Create(CultureInfo.InvariantCulture, $"--timeout={Math.Ceiling(patience.TotalSeconds):0}")], null, patience + Limit, cancel);
        return answer.ExitCode switch
        {
            0 => true,
            StillAtWork => false,
            _ => throw Refused("crm_resource --wait", answer),
        };
    }

    /// <summary>A person's word, in the place of a fencing device's, that a lost node is off. Pacemaker starts elsewhere what ran there.</summary>
    public async Task ConfirmOffAsync(string node, CancellationToken cancel) => await AskAsync(["stonith_admin", "--confirm", node], cancel);

    async Task EnsureGoodAsync(Cib before, string wanted, IReadOnlyCollection<string> known, CancellationToken cancel)
    {
        var verdict = await VerifyAsync(wanted, cancel);
        if (verdict.Errors.IsEmpty && verdict.Warnings.IsEmpty)
            return;
        var old = await VerifyAsync(before.ToString(), cancel);
        var reasons = verdict.Errors.Concat(verdict.NewSince(old)).Distinct().Except(known).ToArray();
        if (reasons.Length > 0)
            throw new ClusterException(ClusterFault.Invalid, $"Pacemaker would not accept this configuration, nothing was written: {Short(string.Join("; ", reasons))}");
    }

    async Task<string> AskAsync(IReadOnlyList<string> command, CancellationToken cancel)
    {
        var answer = await commands.RunAsync(command, null, Limit, cancel);
        return answer.ExitCode == 0 ? answer.Output : throw Refused(command[0], answer);
    }

    static ClusterException Refused(string command, CommandAnswer answer) =>
        new(ClusterFault.Refused, $"{command} ended with {answer.ExitCode}: {Short(answer.Error)}");

    static string Short(string text) => text.Trim() is { Length: > 0 } said ? said[..Math.Min(said.Length, 2000)] : "it gave no reason";
}
