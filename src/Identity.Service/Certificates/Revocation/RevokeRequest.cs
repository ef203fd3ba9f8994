namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary><c>POST /v1/certificates/revoke</c>: exactly one of the first three members selects what is revoked.</summary>
/// <param name="Serial">Hex in either case.</param>
/// <param name="KeySha256">
/// SHA-256 of the SubjectPublicKeyInfo: selects every unexpired certificate of that key.
/// </param>
/// <param name="Reason">The RFC 5280 §5.3.1 name; <c>unspecified</c> when absent.</param>
/// <param name="Comment">For the audit, at most 500 characters.</param>
/// <param name="ExpectedStatus">The status that the caller expects; with any other the request is refused.</param>
internal sealed record RevokeRequest(
    string? CertificateId = null,
    string? Serial = null,
    string? KeySha256 = null,
    string? Reason = null,
    string? Comment = null,
    string? ExpectedStatus = null
);
