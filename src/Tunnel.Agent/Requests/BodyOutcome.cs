namespace Culvert.Tunnel.Agent.Requests;

/// <summary>How reading a body ended.</summary>
internal enum BodyOutcome
{
    /// <summary>All of it is held.</summary>
    Complete,

    /// <summary>It is longer than it may be; what was read is held.</summary>
    TooLarge,

    /// <summary>All bodies together leave no room; what was read is held.</summary>
    Crowded,

    /// <summary>It stopped half-way, its framing is broken, or time ran out.</summary>
    Incomplete,
}
