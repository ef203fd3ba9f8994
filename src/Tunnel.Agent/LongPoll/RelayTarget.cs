using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <param name="Host">The route's hostname under the tunnel's domain.</param>
/// <param name="Path">The path of its MCP endpoint.</param>
/// <param name="Served">Null if no route is active under the name.</param>
internal sealed record RelayTarget(string Host, string Path, ServedRoute? Served);
