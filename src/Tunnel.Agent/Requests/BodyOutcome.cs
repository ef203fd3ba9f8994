namespace Culvert.Tunnel.Agent.Requests;

/// <summary>How reading a body ended.</summary>
internal enum BodyOutcome
{
    /// <summary>The agent holds the whole body.</summary>
    Complete,

    /// <summary>The body is longer than the limit. The agent holds the bytes that it read.</summary>
    TooLarge,

    /// <summary>All bodies together leave no room. The agent holds the bytes that it read.</summary>
    Crowded,

    /// <summary>The body stopped half-way, its framing is broken, or the time is over.</summary>
    Incomplete,
}
