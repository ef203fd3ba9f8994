using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Runs the due <see cref="SuccessorSteps"/>; a round may last as long as the connector.</summary>
internal sealed class SuccessorLoop(
    SuccessorSteps steps,
    Current<CertificateOptions> options,
    TimeProvider time,
    ILogger<SuccessorLoop> logger
)
    : RecurringJob(
        "rotation_successors",
        "Requests keys and certificates for successors of certificate authorities.",
        RotationPace.Of(options.Value),
        time
    )
{
    public override TimeSpan Every => RotationPace.Of(options.Value);

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => steps.RunAsync(cancellationToken);

    protected override void Tell(Exception fault) => Log.RotationFailed(logger, fault);
}
