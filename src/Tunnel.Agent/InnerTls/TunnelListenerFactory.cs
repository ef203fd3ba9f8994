using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>Offers tunnel streams to Kestrel as a transport. It binds our end point alone; sockets stay with Kestrel.</summary>
internal sealed class TunnelListenerFactory(TunnelListener listener)
    : IConnectionListenerFactory,
        IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is TunnelEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(listener);
}
