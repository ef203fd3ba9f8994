using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>A check that a request must pass before the agent sends it to the upstream.</summary>
internal interface IStage
{
    /// <summary>True if the request may pass; false if it has been answered.</summary>
    ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served);
}
