namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>What an answer says about one certificate.</summary>
/// <param name="Certificate">Which one, as the request named it.</param>
/// <param name="State">Its state.</param>
/// <param name="RevokedAt">When it was revoked, to the second; null unless revoked.</param>
/// <param name="Reason">Why it was revoked.</param>
public sealed record OcspStatus(
    OcspCertificateId Certificate,
    OcspState State,
    DateTimeOffset? RevokedAt = null,
    RevocationReason Reason = RevocationReason.Unspecified
);
