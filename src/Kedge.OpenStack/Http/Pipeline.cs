namespace Kedge.OpenStack.Http;

/// <summary>
/// The way of a call to one service, from the outside in: repeat what may be repeated; wait for a slot; turn failures into
/// <see cref="OpenStackException"/>; add the token, and once a new one; tell who listens; send.
/// </summary>
static class Pipeline
{
    public static HttpMessageInvoker Build(ServiceKind kind, Connection connection, Session session)
    {
        var observe = new ObserveHandler(connection, session.Raise) { InnerHandler = connection.Transport };
        var token = new TokenHandler(session) { InnerHandler = observe };
        var fault = new FaultHandler(connection, session) { InnerHandler = token };
        var limit = new LimitHandler(connection.SlotsOf(kind)) { InnerHandler = fault };
        var retry = new RetryHandler(kind, connection) { InnerHandler = limit };
        return new(retry, disposeHandler: false);
    }
}
