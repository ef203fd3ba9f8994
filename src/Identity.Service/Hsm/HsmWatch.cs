using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Hsm;

/// <summary>
/// Stops the process if all threads hang in the HSM's library for a while: a call into a vendor's library cannot be
/// cancelled. The service's supervisor restarts it.
/// </summary>
internal sealed class HsmWatch(
    InstallationHsm hsm,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<HsmWatch> logger
) : RecurringJob("hsm_watch", "Stops the process when its HSM hangs permanently.", Interval, time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Gives a slow HSM time to recover.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private long? stuckSince;

    protected override Task RunRoundAsync(CancellationToken cancellationToken)
    {
        if (!hsm.IsStuck)
        {
            stuckSince = null;
            return Task.CompletedTask;
        }

        stuckSince ??= Time.GetTimestamp();
        if (Time.GetElapsedTime(stuckSince.Value) >= Patience)
        {
            Log.HsmStuck(logger);
            lifetime.StopApplication();
        }

        return Task.CompletedTask;
    }
}
