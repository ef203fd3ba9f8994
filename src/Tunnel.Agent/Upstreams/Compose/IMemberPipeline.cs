using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.AspNetCore.Hosting.Server;

namespace Culvert.Tunnel.Agent.Upstreams.Compose;

/// <summary>The path of a request through a route, for calls that composed tools make for their callers.</summary>
internal interface IMemberPipeline
{
    /// <summary>The member as its callers through composed tools reach it.</summary>
    ServedRoute Find(Route member);

    /// <summary>Serves requests to the member with the principal of a caller whom the composed route has authenticated.</summary>
    /// <param name="caller">The exchange of the composed tool; it lasts longer than the requests.</param>
    IHttpApplication<Exchange> Open(ServedRoute member, Exchange caller, Composition composition);
}
