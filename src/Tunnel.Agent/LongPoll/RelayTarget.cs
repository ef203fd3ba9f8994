using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The destination of a command.</summary>
/// <param name="Host">The route's hostname under the tunnel's domain.</param>
/// <param name="Path">The path of its MCP endpoint.</param>
/// <param name="Served">The route; null if none is active under the name.</param>
internal sealed record RelayTarget(string Host, string Path, ServedRoute? Served);
