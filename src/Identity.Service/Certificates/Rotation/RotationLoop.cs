using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Lets <see cref="RotationSteps"/> and <see cref="SuccessorSteps"/> do what has become due.</summary>
internal sealed class RotationLoop(
    RotationSteps steps,
    SuccessorSteps successors,
    TimeProvider time,
    ILogger<RotationLoop> logger
) : RecurringWork(TimeSpan.FromMinutes(1), time)
{
    protected override async Task RunRoundAsync(CancellationToken cancellationToken)
    {
        await steps.RunAsync(cancellationToken);
        await successors.RunAsync(cancellationToken);
    }

    protected override void Tell(Exception fault) => Log.RotationFailed(logger, fault);
}
