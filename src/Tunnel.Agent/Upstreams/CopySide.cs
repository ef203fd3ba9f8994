namespace Culvert.Tunnel.Agent.Upstreams;

internal enum CopySide
{
    Upstream,
    Client,
}
