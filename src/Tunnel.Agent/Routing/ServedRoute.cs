using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>A route under one of its hostnames.</summary>
/// <param name="Resource">The route as an OAuth protected resource under that name.</param>
/// <param name="Issuer">The issuer whose authorization server is the upstream; null for other servers.</param>
internal sealed record ServedRoute(
    Route Route,
    string Hostname,
    ProtectedResource Resource,
    FrontedIssuer? Issuer = null
);
