using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>Closes a port while its connections continue: the server's own stop would also abort its WebSockets.</summary>
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

    /// <summary>Accepts no more connections; the server sees the end of its connection queue.</summary>
    public async ValueTask UnbindAsync()
    {
        if (listener is not null)
        {
            await listener.UnbindAsync();
        }
    }
}
