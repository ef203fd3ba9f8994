using Culvert.Ca.Orders;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal interface IRevocationPoints
{
    /// <summary>Committed with an authority's staging: its lists exist, unsigned, before it can issue.</summary>
    IReadOnlyList<Statement> InsertFor(CertificateAuthorityId id, DateTimeOffset at);

    /// <summary>The CRL address for the certificate; null for kinds that are not revoked by list.</summary>
    /// <param name="serial">Its <see cref="SerialNumber.LowBits"/> choose the shard.</param>
    string? FindList(CertificateKind kind, SigningAuthority authority, SerialNumber serial);

    string? FindResponder(CertificateKind kind, SigningAuthority authority);
}
