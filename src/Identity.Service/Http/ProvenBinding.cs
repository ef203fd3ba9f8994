using Culvert.Jose.Proofs;

namespace Culvert.Identity.Service.Http;

/// <summary>The keys whose possession a request's sender proved. Both are absent for a plain bearer request.</summary>
internal readonly record struct ProvenBinding
{
    /// <summary>The verified proof; checking the binding uses it up.</summary>
    public DpopProof? Proof { get; init; }

    /// <summary>RFC 7638 thumbprint of the DPoP key: <c>cnf</c> <c>jkt</c> (RFC 9449 §6.1).</summary>
    public string? KeyThumbprint => Proof?.Thumbprint;

    /// <summary>
    /// SHA-256 of the handshake's client certificate, base64url: <c>cnf</c> <c>x5t#S256</c> (RFC 8705 §3.1).
    /// </summary>
    public string? CertificateThumbprint { get; init; }
}
