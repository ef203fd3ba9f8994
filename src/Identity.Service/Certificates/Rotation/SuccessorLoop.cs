using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Lets <see cref="SuccessorSteps"/> do what has become due; a round may last as long as the connector.</summary>
internal sealed class SuccessorLoop(
    SuccessorSteps steps,
    CertificateOptions options,
    TimeProvider time,
    ILogger<SuccessorLoop> logger
)
    : RecurringJob(
        "rotation_successors",
        "Requests keys and certificates for successors of certificate authorities.",
        RotationPace.Of(options),
        time
    )
{
    protected override Task RunRoundAsync(CancellationToken cancellationToken) => steps.RunAsync(cancellationToken);

    protected override void Tell(Exception fault) => Log.RotationFailed(logger, fault);
}
