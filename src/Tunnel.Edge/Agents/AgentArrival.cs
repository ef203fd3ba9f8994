namespace Culvert.Tunnel.Edge.Agents;

/// <summary>
/// Decides whether an edge that starts or resumes is still waiting for its agents before load balancers send it clients. The
/// wait ends when no new agent has connected for <see cref="Quiet"/>, or after the operator's limit. Used by one thread.
/// </summary>
/// <param name="settle">The longest wait; zero = none.</param>
internal sealed class AgentArrival(TimeSpan settle)
{
    /// <summary>Agents reconnect one after the other, each with several connections.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private TimeSpan? begun;
    private TimeSpan settle = settle;
    private bool over = settle <= TimeSpan.Zero;

    /// <summary>Starts a new wait, of at most <paramref name="next"/>, after all agents were asked to disconnect.</summary>
    public void Restart(TimeSpan next) => (settle, begun, over) = (next, null, next <= TimeSpan.Zero);

    /// <param name="canServe">Whether agents can connect: the edge has a certificate and a feed.</param>
    /// <param name="now">A monotonic time.</param>
    /// <param name="lastArrival">On the same clock as <paramref name="now"/>; null = no agent is connected.</param>
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
