using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// Lets a port be left while its connections continue: the server's own stop would also cut off the WebSockets that it has.
/// </summary>
/// <param name="inner">What listens.</param>
internal sealed class UnbindingFactory(IConnectionListenerFactory inner) : IConnectionListenerFactory
{
    private IConnectionListener? listener;

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken = default
    )
    {
        listener = await inner.BindAsync(endpoint, cancellationToken);
        return listener;
    }

    /// <summary>Accepts no more; the server sees the end of its connections' queue.</summary>
    public async ValueTask UnbindAsync()
    {
        if (listener is not null)
        {
            await listener.UnbindAsync();
        }
    }
}
