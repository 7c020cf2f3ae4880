using Kedge.Recovery.Points;

namespace Kedge.Home;

/// <summary>Which point a command means.</summary>
static class PointChoice
{
    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<RecoveryPoint> GetAsync(PointRepository repository, string workload, string? id, CancellationToken cancel) =>
        id is not null
            ? await repository.GetAsync(workload, id, cancel)
            : await repository.FindNewestUsableAsync(workload, cancel)
                ?? throw new UsageException($"There is no usable point of {workload} in {repository.Path}: kedge protect {workload}");
}
