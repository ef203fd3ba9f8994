namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>What one tunnel does at a moment, for people. Nothing here is secret.</summary>
/// <param name="TunnelId">The provider's id.</param>
/// <param name="Host">Of the control plane.</param>
/// <param name="LastPoll">When a poll succeeded last; null = none has.</param>
/// <param name="UnderWay">Commands that are handled now.</param>
/// <param name="Problem">Why it gets no commands; null while it does.</param>
internal sealed record LongPollStatus(
    string TunnelId,
    string Host,
    DateTimeOffset? LastPoll,
    int UnderWay,
    string? Problem
);
