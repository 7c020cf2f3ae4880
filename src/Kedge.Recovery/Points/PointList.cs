using System.Collections.Immutable;
using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Points;

/// <summary>The points of one workload as they lie in the repository, oldest first.</summary>
/// <param name="Points">Those whose manifest can be read and hashes to what it should.</param>
/// <param name="Damaged">The others, each with the reason; they are never chosen.</param>
public sealed record PointList(ImmutableArray<StoredPoint> Points, ImmutableArray<DamagedPoint> Damaged);

/// <param name="Point">The manifest.</param>
/// <param name="Hash">SHA-256 of the bytes it was read from.</param>
public sealed record StoredPoint(RecoveryPoint Point, string Hash);

/// <param name="Id">The name of its file.</param>
/// <param name="Why">What is wrong with it.</param>
public sealed record DamagedPoint(string Id, string Why);

/// <summary>A point that a failover can be written from: neither its manifest nor its blueprint is damaged.</summary>
public sealed record UsablePoint(RecoveryPoint Point, Blueprint Blueprint);
