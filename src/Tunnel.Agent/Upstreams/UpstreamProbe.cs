using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>Probes repeatedly whether a route's upstream answers, under the address rules of its requests.</summary>
/// <param name="known">The last result of an earlier probe of this upstream; null for none.</param>
internal sealed class UpstreamProbe(
    Route route,
    TimeProvider time,
    ILogger<UpstreamProbe> logger,
    ProbeState? known = null
)
{
    // A server that recovers should not be called unhealthy for the rest of a long interval.
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(2);

    // Between two probes the agent only connects: an unreachable server is noticed within 5 s.
    private static readonly TimeSpan Reach = TimeSpan.FromSeconds(3);

    private volatile ProbeState state = known ?? new(null, "");

    public ProbeState State => state;

    public Route Route => route;

    /// <summary>True until the first result, if the upstream is probed.</summary>
    public bool IsWaiting => Settings.Kind != ProbeKind.None && state.IsHealthy is null;

    private ProbeSettings Settings => route.Upstream.Settings.Probe;

    /// <summary>Probes until cancelled, and calls <paramref name="changed"/> after each change.</summary>
    public async Task RunAsync(Action changed, CancellationToken cancellationToken)
    {
        if (Settings.Kind == ProbeKind.None)
        {
            return;
        }

        using var timer = new PeriodicTimer(Shorter(Settings.Interval, Reach), time);
        long? probedAt = null;
        do
        {
            if (
                state.IsHealthy == true
                && probedAt is { } last
                && time.GetElapsedTime(last) < Settings.Interval
                && await IsThereAsync(cancellationToken)
            )
            {
                continue;
            }

            probedAt = time.GetTimestamp();
            if (await ProbeAsync(cancellationToken))
            {
                timer.Period = Shorter(Settings.Interval, state.IsHealthy == true ? Reach : Recheck);
                changed();
            }
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    public async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        var before = state;
        state = await ProbeOnceAsync(cancellationToken);
        if (before.IsHealthy == state.IsHealthy)
        {
            return false;
        }

        if (state.IsHealthy == true)
        {
            Log.UpstreamHealthy(logger, route.Name);
        }
        else
        {
            Log.UpstreamUnhealthy(logger, route.Name, state.Detail);
        }

        return true;
    }

    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        using var deadline = new TimeLimit(Shorter(Settings.Timeout, Reach), time, cancellationToken);
        try
        {
            await route.Upstream.ReachAsync(deadline.Token);
            return true;
        }
        catch (UpstreamException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return false; // the next probe reports why
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<ProbeState> ProbeOnceAsync(CancellationToken cancellationToken)
    {
        using var deadline = new TimeLimit(Settings.Timeout, time, cancellationToken);
        try
        {
            return await route.Upstream.ProbeAsync(route, deadline.Token);
        }
        catch (UpstreamException e)
        {
            return new ProbeState(false, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeState(false, "The request timed out.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The agent must serve its other routes whatever fails with this server's answer, even if memory runs out.
            return new ProbeState(false, $"The probe failed: {e.GetType().Name}.");
        }
    }
}
