using Culvert.Ca.Revocation;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>Whether an issued certificate is revoked.</summary>
internal sealed record CertificateStanding(DateTimeOffset? RevokedAt, RevocationReason? Reason);
