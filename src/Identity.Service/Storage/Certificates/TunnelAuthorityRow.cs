using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Storage.Certificates;

internal sealed record TunnelAuthorityRow
{
    public required string Id { get; init; }

    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public required string TunnelId { get; init; }

    public required string Name { get; init; }

    public required string State { get; init; }

    public required byte[] PublicKey { get; init; }

    public required byte[] SealedKey { get; init; }

    public required string CsrPem { get; init; }

    public string? ChainPem { get; init; }

    public string? Fingerprint { get; init; }

    public long? NotAfter { get; init; }

    public string? SubmittedBy { get; init; }

    public string? RegisteredCertificateId { get; init; }

    public long CreatedAt { get; init; }

    public long? ArchivedAt { get; init; }

    public TunnelAuthority ToAuthority() =>
        new()
        {
            Id = CertificateAuthorityId.Wrap(Id),
            Ordinal = Ordinal,
            OrganizationId = OrganizationId,
            WorkspaceId = WorkspaceId,
            TunnelId = Hosting.TunnelId.Wrap(TunnelId),
            Name = Name,
            State = AuthorityStates.Parse(State),
            PublicKey = PublicKey,
            SealedKey = SealedKey,
            CsrPem = CsrPem,
            ChainPem = ChainPem,
            Fingerprint = Fingerprint,
            NotAfter = Instants.FromStore(NotAfter),
            SubmittedBy = SubmittedBy,
            RegisteredCertificateId = RegisteredCertificateId is { } id
                ? Hosting.RegisteredCertificateId.Wrap(id)
                : null,
            CreatedAt = Instants.FromStore(CreatedAt),
            ArchivedAt = Instants.FromStore(ArchivedAt),
        };
}
