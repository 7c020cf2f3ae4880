using System.Net.Sockets;
using Kedge.Plans;
using Kedge.Sandbox;
using Kedge.Sandbox.Faults;

namespace Kedge.Simulation.Tests;

/// <summary>The wire from one life of a mediator to one cloud.</summary>
sealed class Wire(World world, Life life, SandboxCloud cloud) : DelegatingHandler(cloud.CreateHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await life.PassAsync();
        if (life.CutOffFrom.Contains(cloud.Settings.Name))
            throw new HttpRequestException(HttpRequestError.ConnectionError, "No route to host", new SocketException((int)SocketError.HostUnreachable));
        HttpResponseMessage answer;
        try
        {
            answer = await base.SendAsync(request, cancellationToken);
        }
        catch (PowerLost lost)
        {
            // The sandbox cuts its only caller off; here one of several has lost its power.
            cloud.Faults.PowerBack();
            world.LosePower(life, lost.Message);
            throw new PowerLostException(lost.Message);
        }
        if (!request.RequestUri!.AbsolutePath.StartsWith("/identity", StringComparison.Ordinal))
            await life.PassAsync();
        return answer;
    }
}
