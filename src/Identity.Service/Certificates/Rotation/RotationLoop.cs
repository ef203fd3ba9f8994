using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Lets <see cref="RotationSteps"/> do what has become due; waits for no successor's signature.</summary>
internal sealed class RotationLoop(
    RotationSteps steps,
    CertificateOptions options,
    TimeProvider time,
    ILogger<RotationLoop> logger
)
    : RecurringJob(
        "rotations",
        "Performs the due steps of certificate authority rotations.",
        RotationPace.Of(options),
        time
    )
{
    protected override Task RunRoundAsync(CancellationToken cancellationToken) => steps.RunAsync(cancellationToken);

    protected override void Tell(Exception fault) => Log.RotationFailed(logger, fault);
}
