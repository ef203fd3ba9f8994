namespace Culvert.Platform.Wire;

/// <summary>A certificate as the service issued it, with the service's renewal window.</summary>
public sealed record CertificateDocument
{
    /// <summary>Lower-case hex of the DER value, as <c>openssl x509 -serial</c> in lower case.</summary>
    public required string Serial { get; init; }

    public required string CertificatePem { get; init; }

    /// <summary>The intermediates, nearest to the leaf first, without the root; empty when there are none.</summary>
    public required string ChainPem { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The last second of validity, inclusive (RFC 5280 §4.1.2.5).</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>When it was signed. The lifetime counts from here: <see cref="NotBefore"/> is backdated.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Start of the server's renewal window; in the past: renew now.</summary>
    public required DateTimeOffset RenewAfter { get; init; }

    /// <summary>End of the server's renewal window.</summary>
    public required DateTimeOffset RenewBefore { get; init; }

    /// <summary>The tunnel CA that signed it; null for the platform CA.</summary>
    public string? CaId { get; init; }
}
