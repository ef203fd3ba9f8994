namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary><c>POST /v1/certificates/revoke</c>: exactly one of the first three members selects what is revoked.</summary>
internal sealed record RevokeRequest
{
    public string? CertificateId { get; init; }

    /// <summary>Hex in either case.</summary>
    public string? Serial { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo: selects every unexpired certificate of that key.</summary>
    public string? KeySha256 { get; init; }

    /// <summary>The RFC 5280 §5.3.1 name; <c>unspecified</c> when absent.</summary>
    public string? Reason { get; init; }

    /// <summary>For the audit, at most 500 characters.</summary>
    public string? Comment { get; init; }

    /// <summary>The status that the caller expects; with any other the request is refused.</summary>
    public string? ExpectedStatus { get; init; }
}
