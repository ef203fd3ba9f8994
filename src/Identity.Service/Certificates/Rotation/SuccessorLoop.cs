using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Lets <see cref="SuccessorSteps"/> do what has become due; a round may last as long as the connector.</summary>
internal sealed class SuccessorLoop(
    SuccessorSteps steps,
    ServiceOptions options,
    TimeProvider time,
    ILogger<SuccessorLoop> logger
) : RecurringWork(RotationPace.Of(options), time)
{
    protected override Task RunRoundAsync(CancellationToken cancellationToken) => steps.RunAsync(cancellationToken);

    protected override void Tell(Exception fault) => Log.RotationFailed(logger, fault);
}
