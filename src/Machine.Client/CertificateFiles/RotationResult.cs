using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The end of a run.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Certificate">What is in force now; null when there is nothing.</param>
/// <param name="Failure">Why it could not be done, or, of an unchanged one, why the service could not be asked.</param>
public sealed record RotationResult(RotationOutcome Outcome, FiledCertificate? Certificate, ApiFailure? Failure = null)
{
    /// <summary>When the certificate in force will be due.</summary>
    public DateTimeOffset? DueAt { get; init; }
}
