using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

internal sealed class RestartGuard(StdioSettings settings, TimeProvider time)
{
    private readonly Lock gate = new();

    // Guarded by the gate.
    private int failures;
    private DateTimeOffset notBefore;

    /// <summary>Null if the program may be started now.</summary>
    public Failure? Check()
    {
        lock (gate)
        {
            return failures == 0 ? null
                : !settings.RestartsOnFailure ? ChildFailures.ChildFailed
                : time.GetUtcNow() < notBefore ? ChildFailures.ChildRestarting
                : null;
        }
    }

    /// <summary>Each consecutive failure doubles the delay; a run longer than the maximum delay resets it.</summary>
    public void Failed(TimeSpan lived)
    {
        lock (gate)
        {
            failures = lived > settings.BackoffMax ? 1 : failures + 1;
            notBefore = time.GetUtcNow() + new Backoff(settings.Backoff, settings.BackoffMax).After(failures);
        }
    }

    public void Succeeded()
    {
        lock (gate)
        {
            failures = 0;
        }
    }
}
