namespace Culvert.Jose.Tokens;

/// <summary>
/// <c>cnf</c>: the key whose holder may use the token. <see langword="default"/> = a bearer token, any holder.
/// </summary>
public readonly record struct TokenConfirmation
{
    /// <summary><c>jkt</c> (RFC 9449 §6.1): RFC 7638 thumbprint of the key of the sender's DPoP proofs.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary><c>x5t#S256</c> (RFC 8705 §3.1): base64url of the SHA-256 of the sender's certificate.</summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>A bearer token.</summary>
    public bool IsNone => KeyThumbprint is null && CertificateThumbprint is null;
}
