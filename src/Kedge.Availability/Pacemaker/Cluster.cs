using System.Xml.Linq;

namespace Kedge.Availability.Pacemaker;

/// <summary>One Pacemaker cluster, through its own tools on one of its nodes.</summary>
public sealed class Cluster(IClusterCommands commands, TimeProvider clock)
{
    const int Conflict = 103;
    const int MostTries = 40;
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public async Task<ClusterStatus> ReadStatusAsync(CancellationToken cancel) =>
        ClusterStatus.Parse(await AskAsync(["crm_mon", "-1", "--output-as=xml", "--include=all"], cancel));

    /// <summary>This node's own copy: there also while no DC is elected, and perhaps a moment older than the others'.</summary>
    public async Task<Cib> ReadLocalCibAsync(CancellationToken cancel) => Cib.Parse(await AskAsync(["cibadmin", "--query", "--local"], cancel));

    public async Task<Cib> ReadCibAsync(CancellationToken cancel) => Cib.Parse(await AskAsync(["cibadmin", "--query"], cancel));

    /// <summary>
    /// Changes the configuration by reading all, changing, and replacing all, which Pacemaker refuses when somebody wrote in between; then
    /// it is read and changed again. A section is never replaced: that overwrites what others wrote, without a word.
    /// </summary>
    /// <param name="change">Gets &lt;configuration&gt;; is called once a try, so it must look at what it finds.</param>
    /// <returns>The CIB as it was just before: what an undo goes back to.</returns>
    /// <exception cref="ClusterException">Refused, or others wrote each time.</exception>
    public async Task<Cib> ChangeAsync(Action<XElement> change, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var before = await ReadCibAsync(cancel);
            var wanted = before.With(change).ToString();
            await VerifyAsync(wanted, cancel);
            var answer = await commands.RunAsync(["cibadmin", "--replace", "--xml-pipe"], wanted, Limit, cancel);
            if (answer.ExitCode == 0)
                return before;
            if (answer.ExitCode != Conflict)
                throw Refused("cibadmin", answer);
            // Those who were in each other's way must not come back together: a different wait for each, from what they tried to overwrite.
            await Task.Delay(TimeSpan.FromMilliseconds(10 + (attempt * 7) + (Environment.ProcessId % 23)), clock, cancel);
        }
        throw new ClusterException(ClusterFault.Contended, $"Others changed the CIB during each of {MostTries} tries; nothing was written. Try again when they are done.");
    }

    /// <summary>Asks Pacemaker whether it would accept a CIB. Its warnings count too: they are what stops a resource later.</summary>
    /// <exception cref="ClusterException">With Pacemaker's reasons.</exception>
    public async Task VerifyAsync(string cib, CancellationToken cancel)
    {
        var answer = await commands.RunAsync(["crm_verify", "--xml-pipe", "-VV"], cib, Limit, cancel);
        if (answer.ExitCode != 0)
            throw new ClusterException(ClusterFault.Invalid, $"Pacemaker would not accept this configuration, nothing was written: {Short(answer.Error)}");
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
