namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>A response's status of one certificate; with time (in whole seconds) and reason if it is revoked.</summary>
public sealed record OcspStatus(
    OcspCertificateId Certificate,
    OcspState State,
    DateTimeOffset? RevokedAt = null,
    RevocationReason Reason = RevocationReason.Unspecified
);
