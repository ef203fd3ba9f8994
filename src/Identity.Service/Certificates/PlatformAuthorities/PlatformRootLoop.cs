using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>Lets old roots leave the bundle when their time has come; not by a clock in doubt.</summary>
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
