using System.CommandLine;
using System.Text.Json.Nodes;
using Kedge.Home;
using Kedge.OpenStack;
using Kedge.Output;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Points;

namespace Kedge.Commands;

/// <summary><c>kedge repository rebuild</c>: a data directory out of the recovery points.</summary>
static class RepositoryRebuild
{
    static readonly string[] Columns = ["Kind", "Name", "Outcome", "What"];

    public static Command Create(Surroundings around, HomeOptions home)
    {
        var command = new Command(
            "rebuild",
            """
            Make the data directory again, out of nothing but the recovery points (--repository): sites, workloads, policies and mappings as they
            were kept beside the points. Records that are there already stay. Credentials are not kept there: they come from clouds.yaml. Runs of
            before are not known afterwards: look whether a workload is up at its target already before you fail it over.
            Exit code 0: everything is there; 5: something is not, and is named.
            """);
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var repository = await kedge.OpenRepositoryAsync(cancel);
            var rebuilding = new Rebuilding(kedge, repository);
            await (await kedge.OpenJournalAsync(cancel)).DisposeAsync();
            foreach (var workload in repository.Workloads())
                await rebuilding.AddAsync(workload, cancel);
            await rebuilding.LookAtSitesAsync(cancel);
            output.Print(parsed, around.Output, new Shown.Rows(Columns, rebuilding.Rows));
            around.Error.WriteLine("Not rebuilt, for nothing of it is in the repository: the runs of before (what was brought up where, how long steps took), what was seen of sites,");
            around.Error.WriteLine("sealed credentials, keys of movers and of the API. Points and definitions are read from the repository, where they are.");
            return rebuilding.IsWhole ? ExitCodes.Done : ExitCodes.NotReady;
        });
        return command;
    }

    /// <summary>What was made, and what could not be.</summary>
    sealed class Rebuilding(KedgeHome kedge, PointRepository repository)
    {
        public List<JsonNode?[]> Rows { get; } = [];

        public bool IsWhole { get; private set; } = true;

        public async Task AddAsync(string workload, CancellationToken cancel)
        {
            var kept = repository.RecordsOf(workload);
            await AddAllAsync("policy", kept.Policies, kedge.Policies, cancel);
            await AddAllAsync("site", kept.Sites, kedge.Sites, cancel);
            await AddAllAsync("mapping", kept.Mappings, kedge.Mappings, cancel);
            await AddAllAsync("workload", kept.Workloads, kedge.Workloads, cancel);
            if (!kept.Workloads.Names().Contains(workload))
                Add("workload", workload, "missing", "no copy of its record is in the repository (it was deleted, or protected by an earlier kedge): kedge workload create");
            else if (!kept.Mappings.Names().Contains(workload))
                Add("mapping", workload, "missing", "no copy is in the repository: kedge mapping propose, if the source lives; else by hand");
            await LookAtPointsAsync(workload, cancel);
        }

        public async Task LookAtSitesAsync(CancellationToken cancel)
        {
            foreach (var record in (await kedge.Sites.ListAsync(cancel)).Records)
            {
                try
                {
                    _ = kedge.SettingsOf(record);
                }
                catch (SettingsException e)
                {
                    Add("credentials", record.Name, "missing", e.Message);
                }
            }
        }

        async Task AddAllAsync<T>(string kind, RecordFolder<T> from, RecordFolder<T> to, CancellationToken cancel)
            where T : class
        {
            var list = await from.ListAsync(cancel);
            foreach (var broken in list.Unreadable)
                Add(kind, broken.Name, "damaged", broken.Why);
            foreach (var name in from.Names().Except(list.Unreadable.Select(broken => broken.Name)))
            {
                // Sites and policies are kept with each of their workloads.
                if (Rows.Exists(row => row[0]!.GetValue<string>() == kind && row[1]!.GetValue<string>() == name))
                    continue;
                var isThere = File.Exists(to.PathOf(name));
                if (!isThere)
                    await to.PutAsync(name, await from.GetAsync(name, cancel), cancel);
                Add(kind, name, isThere ? "there already" : "made", null);
            }
        }

        async Task LookAtPointsAsync(string workload, CancellationToken cancel)
        {
            var points = await repository.ListAsync(workload, cancel);
            var definitions = await repository.DefinitionsOf(workload).ListAsync(cancel);
            var newest = await repository.FindNewestUsableAsync(workload, cancel);
            Add(
                "points", workload, newest is null ? "missing" : "found",
                $"{points.Points.Length} points, {points.Damaged.Length} damaged; newest usable: {newest?.Id ?? "none"}; {definitions.Versions.Length} definitions, {definitions.Damaged.Length} damaged");
        }

        void Add(string kind, string name, string outcome, string? what)
        {
            Rows.Add([kind, name, outcome, what]);
            IsWhole &= outcome is "made" or "there already" or "found";
        }
    }
}
