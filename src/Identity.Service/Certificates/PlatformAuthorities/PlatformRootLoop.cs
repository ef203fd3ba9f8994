using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>Removes retiring roots from the bundle when due; not while the clock is in doubt.</summary>
internal sealed class PlatformRootLoop(
    PlatformRootCommands commands,
    ClockGuard clock,
    TimeProvider time,
    ILogger<PlatformRootLoop> logger
) : RecurringJob("platform_roots", "Performs the due steps of platform root rotations.", TimeSpan.FromMinutes(1), time)
{
    protected override Task RunRoundAsync(CancellationToken cancellationToken) =>
        clock.Check() is null ? commands.RetireAsync(cancellationToken) : Task.CompletedTask;

    protected override void Tell(Exception fault) => Log.PlatformRootsFailed(logger, fault);
}
