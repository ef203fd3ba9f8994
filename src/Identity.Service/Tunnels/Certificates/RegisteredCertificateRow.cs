using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record RegisteredCertificateRow
{
    public required string Id { get; init; }

    public long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    public required string Fingerprint { get; init; }

    public required string CertificatePem { get; init; }

    public required string IssuersPem { get; init; }

    public string? AuthorityId { get; init; }

    public long OccupiesSlot { get; init; }

    public long CreatedAt { get; init; }

    public long? AddedAt { get; init; }

    public long ExpiresAt { get; init; }

    public long? ArchivedAt { get; init; }

    public long AddedEpoch { get; init; }

    public long? RemovedEpoch { get; init; }

    public string? Pending { get; init; }

    public string? RequestedBy { get; init; }

    public string? RequestedPerson { get; init; }

    public RegisteredCertificate ToCertificate() =>
        new()
        {
            Id = RegisteredCertificateId.Wrap(Id),
            Ordinal = Ordinal,
            TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
            Fingerprint = Fingerprint,
            CertificatePem = CertificatePem,
            IssuersPem = IssuersPem,
            AuthorityId = AuthorityId,
            OccupiesSlot = OccupiesSlot != 0,
            CreatedAt = Instants.FromStore(CreatedAt),
            AddedAt = Instants.FromStore(AddedAt),
            ExpiresAt = Instants.FromStore(ExpiresAt),
            ArchivedAt = Instants.FromStore(ArchivedAt),
            AddedEpoch = AddedEpoch,
            RemovedEpoch = RemovedEpoch,
            Pending = Pending is null ? null : new PendingChange(Pending, RequestedBy!, RequestedPerson!),
        };
}
