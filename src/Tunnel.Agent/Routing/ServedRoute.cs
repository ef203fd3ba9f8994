using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>A route under one of its hostnames.</summary>
/// <param name="Route">The route.</param>
/// <param name="Resource">What it is to OAuth clients under that name.</param>
internal sealed record ServedRoute(Route Route, ProtectedResource Resource);
