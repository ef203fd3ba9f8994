namespace Culvert.Tunnel.Agent.Upstreams;

internal sealed record CopyError(CopySide Side, string Detail);
