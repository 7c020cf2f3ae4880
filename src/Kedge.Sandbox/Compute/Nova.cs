using Kedge.Sandbox.Cloud;

namespace Kedge.Sandbox.Compute;

sealed class Nova(CloudState cloud)
{
    public CloudState Cloud { get; } = cloud;

    public Table<Server> Servers { get; } = new(s => s.Id);
}
