namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record ImportedRevocationList
{
    /// <summary><c>tcrt_…</c> of the trust-only certificate whose key signed it.</summary>
    public required string RegisteredCertificateId { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>Counts imports, from 1.</summary>
    public required long Revision { get; init; }

    /// <summary>Decimal; up to 20 octets (RFC 5280 §5.2.3).</summary>
    public required string Number { get; init; }

    public required DateTimeOffset ThisUpdate { get; init; }

    public required DateTimeOffset NextUpdate { get; init; }

    public required int Entries { get; init; }

    /// <summary>DER; empty if not read.</summary>
    public required byte[] List { get; init; }

    public required DateTimeOffset ImportedAt { get; init; }
}
