using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Runs the due <see cref="RotationSteps"/>; never waits for a successor's signature.</summary>
internal sealed class RotationLoop(
    RotationSteps steps,
    Current<CertificateOptions> options,
    TimeProvider time,
    ILogger<RotationLoop> logger
)
    : RecurringJob(
        "rotations",
        "Performs the due steps of certificate authority rotations.",
        RotationPace.Of(options.Value),
        time
    )
{
    public override TimeSpan Every => RotationPace.Of(options.Value);

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => steps.RunAsync(cancellationToken);

    protected override void Tell(Exception fault) => Log.RotationFailed(logger, fault);
}
