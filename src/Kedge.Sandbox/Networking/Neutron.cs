using Kedge.Sandbox.Cloud;

namespace Kedge.Sandbox.Networking;

sealed class Neutron(CloudState cloud)
{
    public CloudState Cloud { get; } = cloud;
}
