using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>Where a command goes.</summary>
/// <param name="Host">The route's hostname under the tunnel's domain.</param>
/// <param name="Path">Of its MCP endpoint.</param>
/// <param name="Served">The route; null while none is in force under the name.</param>
internal sealed record RelayTarget(string Host, string Path, ServedRoute? Served);
