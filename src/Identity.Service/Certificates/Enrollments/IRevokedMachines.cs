namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>
/// Revocations. A boundary: the certificates capability implements it. Whatever adds to the list (a revoked enrolment,
/// an archived edge, a disabled rule, issuer or service account) bumps the feed's revision in the same commit.
/// </summary>
internal interface IRevokedMachines
{
    ValueTask<RevokedMachines> ListAsync(CancellationToken cancellationToken);
}
