namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

internal enum ChildSharing
{
    /// <summary>Each legacy session has its own program, and so has each principal that calls without sessions.</summary>
    Session,

    Shared,
}
