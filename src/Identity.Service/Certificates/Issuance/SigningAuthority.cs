using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Orders;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal sealed record SigningAuthority
{
    /// <summary><c>ca_…</c> of a tunnel's authority; null for the platform CA.</summary>
    public required string? CaId { get; init; }

    public required Issuer Issuer { get; init; }

    public required IssuerKey Key { get; init; }

    /// <summary>The certificates that a leaf's holder sends with it, without the root; may be empty.</summary>
    public required string ChainPem { get; init; }

    public ParsedCertificate Certificate => Issuer.Chain[0];
}
