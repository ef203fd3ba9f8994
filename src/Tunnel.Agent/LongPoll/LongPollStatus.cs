namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The current status of a tunnel, for people. Contains no secrets.</summary>
/// <param name="Host">The host of the control plane.</param>
/// <param name="LastPoll">When a poll last succeeded; null for never.</param>
/// <param name="Problem">Why the tunnel receives no commands; null while it does.</param>
internal sealed record LongPollStatus(
    string TunnelId,
    string Host,
    DateTimeOffset? LastPoll,
    int UnderWay,
    string? Problem
);
