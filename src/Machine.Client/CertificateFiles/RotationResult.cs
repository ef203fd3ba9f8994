using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The result of one run.</summary>
/// <param name="Outcome">What the run did.</param>
/// <param name="Certificate">The current certificate; null when there is none.</param>
/// <param name="Failure">Why the renewal failed or, with an unchanged outcome, why the service could not be reached.</param>
public sealed record RotationResult(RotationOutcome Outcome, FiledCertificate? Certificate, ApiFailure? Failure = null)
{
    /// <summary>When the current certificate is due for renewal.</summary>
    public DateTimeOffset? DueAt { get; init; }
}
