using Culvert.Ca.Revocation;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record RevocationStatus(DateTimeOffset? RevokedAt, RevocationReason? Reason);
