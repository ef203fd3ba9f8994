using System.Text.Json;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record TunnelAuthorityRow
{
    public required string Id { get; init; }

    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public required string TunnelId { get; init; }

    public required string Name { get; init; }

    public required string Custody { get; init; }

    public required string State { get; init; }

    public string? StateBefore { get; init; }

    public long? StateSince { get; init; }

    public byte[]? PublicKey { get; init; }

    public byte[]? SealedKey { get; init; }

    public string? KeyLabel { get; init; }

    public string? CsrPem { get; init; }

    public long? RegistrationEnds { get; init; }

    public string? ChainPem { get; init; }

    public string? Fingerprint { get; init; }

    public string? SubjectKey { get; init; }

    public long? NotAfter { get; init; }

    public long? MaxLeafLife { get; init; }

    public string? Findings { get; init; }

    public string? SubmittedBy { get; init; }

    public string? SubmittedPerson { get; init; }

    public string? ApprovedBy { get; init; }

    public string? OverrideMissing { get; init; }

    public string? OverrideReason { get; init; }

    public string? OverrideBy { get; init; }

    public string? OverridePerson { get; init; }

    public long? OverrideAt { get; init; }

    public long PublicAnchor { get; init; }

    public string? RegisteredCertificateId { get; init; }

    public long CreatedAt { get; init; }

    public long? ArchivedAt { get; init; }

    /// <summary>A parameter of the update, not a column: the state that the row must still be in.</summary>
    public string? Expected { get; init; }

    /// <summary>A parameter of the insertion, not a column: the maximum of unfinished registrations per tunnel.</summary>
    public long Limit { get; init; }

    public static TunnelAuthorityRow Of(TunnelAuthority authority) =>
        new()
        {
            Id = authority.Id.Value,
            OrganizationId = authority.OrganizationId,
            WorkspaceId = authority.WorkspaceId,
            TunnelId = authority.TunnelId.Value,
            Name = authority.Name,
            Custody = WireNames.Of(authority.Custody),
            State = WireNames.Of(authority.State),
            StateBefore = authority.StateBefore is { } before ? WireNames.Of(before) : null,
            StateSince = authority.StateSince.ToStore(),
            PublicKey = authority.PublicKey,
            SealedKey = authority.SealedKey,
            KeyLabel = authority.KeyLabel,
            CsrPem = authority.CsrPem,
            RegistrationEnds = authority.RegistrationEnds.ToStore(),
            ChainPem = authority.ChainPem,
            Fingerprint = authority.Fingerprint,
            SubjectKey = authority.SubjectKey,
            NotAfter = authority.NotAfter.ToStore(),
            MaxLeafLife = (long?)authority.MaxLeafLife?.TotalMilliseconds,
            Findings =
                authority.Findings.Count == 0
                    ? null
                    : JsonSerializer.Serialize(
                        authority.Findings,
                        CertificatesJson.Default.IReadOnlyListAuthorityFinding
                    ),
            SubmittedBy = authority.SubmittedBy,
            SubmittedPerson = authority.SubmittedPerson,
            ApprovedBy = authority.ApprovedBy,
            OverrideMissing = authority.Override is { } missing ? TextList.Join(missing.Missing) : null,
            OverrideReason = authority.Override?.Reason,
            OverrideBy = authority.Override?.By,
            OverridePerson = authority.Override?.Person,
            OverrideAt = (authority.Override?.At).ToStore(),
            PublicAnchor = authority.AllowsPublicAnchor ? 1 : 0,
            RegisteredCertificateId = authority.RegisteredCertificateId?.Value,
            CreatedAt = authority.CreatedAt.ToStore(),
            ArchivedAt = authority.ArchivedAt.ToStore(),
        };

    public TunnelAuthority ToAuthority() =>
        new()
        {
            Id = CertificateAuthorityId.Wrap(Id),
            Ordinal = Ordinal,
            OrganizationId = OrganizationId,
            WorkspaceId = WorkspaceId,
            TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
            Name = Name,
            Custody = WireNames.Parse<AuthorityCustody>(Custody),
            State = WireNames.Parse<AuthorityState>(State),
            StateBefore = StateBefore is { } before ? WireNames.Parse<AuthorityState>(before) : null,
            StateSince = Instants.FromStore(StateSince),
            PublicKey = PublicKey,
            SealedKey = SealedKey,
            KeyLabel = KeyLabel,
            CsrPem = CsrPem,
            RegistrationEnds = Instants.FromStore(RegistrationEnds),
            ChainPem = ChainPem,
            Fingerprint = Fingerprint,
            SubjectKey = SubjectKey,
            NotAfter = Instants.FromStore(NotAfter),
            MaxLeafLife = MaxLeafLife is { } life ? TimeSpan.FromMilliseconds(life) : null,
            Findings = Findings is { } findings
                ? JsonSerializer.Deserialize(findings, CertificatesJson.Default.IReadOnlyListAuthorityFinding)!
                : [],
            SubmittedBy = SubmittedBy,
            SubmittedPerson = SubmittedPerson,
            ApprovedBy = ApprovedBy,
            Override = OverrideReason is { } reason
                ? new AuthorityOverride(
                    TextList.Split(OverrideMissing ?? ""),
                    reason,
                    OverrideBy!,
                    OverridePerson!,
                    Instants.FromStore(OverrideAt!.Value)
                )
                : null,
            AllowsPublicAnchor = PublicAnchor != 0,
            RegisteredCertificateId = RegisteredCertificateId is { } id
                ? Culvert.Identity.Service.Ids.RegisteredCertificateId.Wrap(id)
                : null,
            CreatedAt = Instants.FromStore(CreatedAt),
            ArchivedAt = Instants.FromStore(ArchivedAt),
        };
}
