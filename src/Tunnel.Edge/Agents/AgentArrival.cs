namespace Culvert.Tunnel.Edge.Agents;

/// <summary>
/// Whether an edge that starts, or is resumed, should wait for its agents before balancers send it clients: until they
/// have connected: when no new agent has connected for a moment, or the operator's limit has passed. Pure but for what it
/// remembers; asked by one thread.
/// </summary>
/// <param name="settle">The longest wait; zero = none.</param>
internal sealed class AgentArrival(TimeSpan settle)
{
    /// <summary>Agents that come back do so one after the other, each with several connections.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private TimeSpan? begun;
    private TimeSpan settle = settle;
    private bool over = settle <= TimeSpan.Zero;

    /// <summary>Waits again: all agents were asked to leave.</summary>
    /// <param name="next">The longest wait from now on.</param>
    public void Restart(TimeSpan next) => (settle, begun, over) = (next, null, next <= TimeSpan.Zero);

    /// <param name="canServe">Whether agents could come at all: there is a certificate and a feed.</param>
    /// <param name="now">Of a clock that only goes forward.</param>
    /// <param name="lastArrival">Of the same clock; null = no agent is connected.</param>
    public bool IsAwaited(bool canServe, TimeSpan now, TimeSpan? lastArrival)
    {
        if (over || !canServe)
        {
            return !over;
        }

        begun ??= now;
        over = now - begun >= settle || (lastArrival is { } last && now - last >= Quiet);
        return !over;
    }
}
