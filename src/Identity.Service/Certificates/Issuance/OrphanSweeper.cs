using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Sweeps while the service runs, so that a failed commit needs neither a restart nor an operator.</summary>
internal sealed class OrphanSweeper(OrphanSweep sweep, TimeProvider time, ILogger<OrphanSweeper> logger)
    : RecurringJob(
        "issuance_sweep",
        "Completes or voids certificates whose issuance a crash interrupted.",
        TimeSpan.FromSeconds(30),
        time
    )
{
    protected override Task RunRoundAsync(CancellationToken cancellationToken) => sweep.RunOldAsync(cancellationToken);

    protected override void Tell(Exception fault) => Log.SweepFailed(logger, fault);
}
