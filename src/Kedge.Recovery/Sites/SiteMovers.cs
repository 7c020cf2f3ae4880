namespace Kedge.Recovery.Sites;

/// <summary>How the movers of a site reach its volumes, and which repository they put blocks into.</summary>
/// <param name="Host">The name under which movers connect to volumes: Cinder shows it as the host of the attachment.</param>
/// <param name="Repository">The block repository's name in the movers' settings; both sites name the same one.</param>
/// <param name="Ceph">The Ceph cluster's name in the movers' settings.</param>
/// <param name="SnapshotPool">
/// The pool of Cinder's volumes, where the movers' Ceph user may read it: snapshots are read in place, and the storage tells what changed between
/// two points. Null: a temporary volume is made of each snapshot, and read and compared as a whole.
/// </param>
public sealed record SiteMovers(string Host, string Repository = "main", string Ceph = "ceph", string? SnapshotPool = null);
