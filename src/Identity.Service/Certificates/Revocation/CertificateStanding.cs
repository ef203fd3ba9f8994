using Culvert.Ca.Revocation;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>Whether an issued certificate is revoked.</summary>
/// <param name="RevokedAt">Null = it is not.</param>
/// <param name="Reason">Null = it is not.</param>
internal sealed record CertificateStanding(DateTimeOffset? RevokedAt, RevocationReason? Reason);
