namespace Culvert.Jose.Tokens;

/// <summary><c>cnf</c>: the key that the sender must have. <see langword="default"/> = a bearer token.</summary>
public readonly record struct TokenConfirmation
{
    /// <summary><c>jkt</c> (RFC 9449 §6.1): RFC 7638 thumbprint of the key of the sender's DPoP proofs.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary><c>x5t#S256</c> (RFC 8705 §3.1): base64url of the SHA-256 of the sender's certificate.</summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>True for a bearer token.</summary>
    public bool IsNone => KeyThumbprint is null && CertificateThumbprint is null;
}
