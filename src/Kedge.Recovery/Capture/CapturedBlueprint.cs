using Kedge.Recovery.Blueprints;

namespace Kedge.Recovery.Capture;

/// <summary>A blueprint and how it came to be.</summary>
/// <param name="Blueprint">The whole graph; never a part of it.</param>
/// <param name="StartedAt">Before the first call.</param>
/// <param name="FinishedAt">After the last one, which found the servers as the first had.</param>
/// <param name="Servers">Servers in it.</param>
/// <param name="Calls">Calls to the cloud, repeated ones included; exact up to 1000, which is where counting stops.</param>
public sealed record CapturedBlueprint(Blueprint Blueprint, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, int Servers, int Calls);

/// <summary>How far a capture is.</summary>
/// <param name="Doing">What is being read, e.g. <c>disks and NICs of servers</c>.</param>
/// <param name="Done">Of <paramref name="Total"/>.</param>
/// <param name="Total">0 where it is not known.</param>
public sealed record CaptureProgress(string Doing, int Done, int Total);
