using Kedge.Sandbox.Cloud;

namespace Kedge.Sandbox.BlockStorage;

sealed class Cinder(CloudState cloud)
{
    public CloudState Cloud { get; } = cloud;
}
