namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Which side of a body copy failed.</summary>
internal enum CopySide
{
    Upstream,
    Client,
}
