using Kedge.OpenStack.Http;

namespace Kedge.OpenStack.Compute;

/// <summary>Reads servers twice: with 2.46 for the id of the flavor, with the newest microversion for everything else.</summary>
internal sealed class ServerReader(Endpoint nova)
{
    readonly Endpoint endpoint = nova;

    public Task<Server> GetAsync(ServerId id, CancellationToken cancel) => throw new NotImplementedException();

    public Task<Server?> FindAsync(ServerId id, CancellationToken cancel) => throw new NotImplementedException();

    public IAsyncEnumerable<Server> ListAsync(ServerFilter filter, CancellationToken cancel) => throw new NotImplementedException();
}
