namespace Culvert.Tunnel.Agent.LongPoll;

/// <param name="Commands">In the order of the control plane.</param>
/// <param name="Dropped">Why each of the other commands was dropped: the member that is missing or unreadable.</param>
internal sealed record PollBatch(IReadOnlyList<TunnelCommand> Commands, IReadOnlyList<string> Dropped)
{
    public static readonly PollBatch Empty = new([], []);
}
