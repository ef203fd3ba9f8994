using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>What a request has to pass before its upstream is asked.</summary>
internal interface IStage
{
    /// <summary>True: the request may pass. False: it has been answered.</summary>
    ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served);
}
