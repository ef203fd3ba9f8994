using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record ClientAuthorityRow
{
    public required string Id { get; init; }

    public long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    public required string Fingerprint { get; init; }

    public required string CertificatePem { get; init; }

    public required string Identities { get; init; }

    public long CreatedAt { get; init; }

    public long ExpiresAt { get; init; }

    public long? ArchivedAt { get; init; }

    public ClientAuthority ToAuthority() =>
        new()
        {
            Id = ClientAuthorityId.Wrap(Id),
            Ordinal = Ordinal,
            TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
            Fingerprint = Fingerprint,
            CertificatePem = CertificatePem,
            Identities = TextList.Split(Identities),
            CreatedAt = Instants.FromStore(CreatedAt),
            ExpiresAt = Instants.FromStore(ExpiresAt),
            ArchivedAt = Instants.FromStore(ArchivedAt),
        };
}
