using Culvert.Ca.Revocation;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record CertificateStanding(DateTimeOffset? RevokedAt, RevocationReason? Reason);
