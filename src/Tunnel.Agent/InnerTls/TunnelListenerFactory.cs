using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>Offers tunnel streams to Kestrel as a transport. It binds only our end point; Kestrel binds sockets.</summary>
internal sealed class TunnelListenerFactory(TunnelListener listener)
    : IConnectionListenerFactory,
        IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is TunnelEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(listener);
}
