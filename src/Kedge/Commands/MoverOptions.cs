using System.CommandLine;
using Kedge.Recovery.Sites;

namespace Kedge.Commands;

/// <summary>The options that say how a site's movers reach its volumes.</summary>
sealed class MoverOptions
{
    readonly Option<string?> host = new("--mover-host") { Description = "The site has movers; the name under which they connect to volumes, which Cinder shows as the attachment's host." };
    readonly Option<string?> repository = new("--mover-repository") { Description = "The block repository's name in the movers' settings, the same at both sites. Default main." };
    readonly Option<string?> ceph = new("--mover-ceph") { Description = "The Ceph cluster's name in the movers' settings. Default ceph." };
    readonly Option<string?> pool = new("--mover-snapshot-pool") { Description = "Pool of Cinder's volumes, where the movers' Ceph user may read it: snapshots are read in place, and Ceph tells what changed." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { host, repository, ceph, pool })
            command.Options.Add(option);
    }

    /// <summary>What is not named stays.</summary>
    public SiteMovers? Apply(ParseResult parsed, SiteMovers? before)
    {
        if ((parsed.GetValue(host) ?? before?.Host) is not { } known)
            return parsed.GetValue(repository) is null && parsed.GetValue(ceph) is null && parsed.GetValue(pool) is null
                ? null
                : throw new UsageException("--mover-host says under which name the site's movers connect to volumes: it is wanted first.");
        var movers = before ?? new SiteMovers(known);
        return movers with
        {
            Host = known,
            Repository = parsed.GetValue(repository) ?? movers.Repository,
            Ceph = parsed.GetValue(ceph) ?? movers.Ceph,
            SnapshotPool = parsed.GetValue(pool) ?? movers.SnapshotPool,
        };
    }
}
