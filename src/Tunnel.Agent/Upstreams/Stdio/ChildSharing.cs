namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Which callers share a running program.</summary>
internal enum ChildSharing
{
    /// <summary>Each legacy session has its own program, and so has each principal that calls without sessions.</summary>
    Session,

    /// <summary>All callers of the route share a program.</summary>
    Shared,
}
