using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>A route under one of its hostnames.</summary>
/// <param name="Route">The route.</param>
/// <param name="Hostname">The hostname.</param>
/// <param name="Resource">What it is to OAuth clients under that name.</param>
/// <param name="Issuer">The issuer whose authorization server is behind it; null: another kind of server is.</param>
internal sealed record ServedRoute(
    Route Route,
    string Hostname,
    ProtectedResource Resource,
    FrontedIssuer? Issuer = null
);
