using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Hsm;

/// <summary>
/// Ends the process when every thread hangs in the HSM's library and none came back for a while: what hangs inside a
/// vendor's library cannot be ended otherwise. The service's supervisor starts it again.
/// </summary>
internal sealed class HsmWatch(
    InstallationHsm hsm,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<HsmWatch> logger
) : RecurringJob("hsm_watch", "Stops the process when its HSM hangs permanently.", LookEvery, time)
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>An HSM that is only slow has time to come back.</summary>
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

    protected override void Tell(Exception fault) => Log.HsmWatchFailed(logger, fault);
}
