namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Who shares one running program.</summary>
internal enum ChildSharing
{
    /// <summary>
    /// Not shared: each legacy session has its own, and so has each principal that calls without sessions.
    /// </summary>
    Session,

    /// <summary>All callers of the route.</summary>
    Shared,
}
