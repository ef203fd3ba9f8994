namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>
/// Revocations. A boundary: the certificates capability implements it. Every cause of a new entry (a revoked enrolment,
/// an archived edge, a disabled rule, issuer or service account) raises the feed's revision in the same commit.
/// </summary>
internal interface IRevokedMachines
{
    ValueTask<RevokedMachines> ListAsync(CancellationToken cancellationToken);
}
