namespace Culvert.Platform.Wire;

/// <summary>A certificate as the service issued it, with the service's renewal window.</summary>
/// <param name="Serial">Lower-case hex of the DER value, as <c>openssl x509 -serial</c> in lower case.</param>
/// <param name="ChainPem">
/// The intermediates, nearest to the leaf first, without the root; empty when there are none.
/// </param>
/// <param name="NotAfter">The last second of validity, inclusive (RFC 5280 §4.1.2.5).</param>
/// <param name="IssuedAt">
/// When it was signed. The lifetime counts from here: <see cref="NotBefore"/> is backdated.
/// </param>
/// <param name="RenewAfter">Start of the server's renewal window; in the past: renew now.</param>
/// <param name="RenewBefore">End of the server's renewal window.</param>
/// <param name="CaId">The tunnel CA that signed it; null for the platform CA.</param>
public sealed record CertificateDocument(
    string Serial,
    string CertificatePem,
    string ChainPem,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    DateTimeOffset IssuedAt,
    DateTimeOffset RenewAfter,
    DateTimeOffset RenewBefore,
    string? CaId = null
);
