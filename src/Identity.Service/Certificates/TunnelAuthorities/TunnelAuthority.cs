using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record TunnelAuthority
{
    public required CertificateAuthorityId Id { get; init; }

    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public required TunnelId TunnelId { get; init; }

    /// <summary>Also the common name in the request.</summary>
    public required string Name { get; init; }

    public AuthorityCustody Custody { get; init; } = AuthorityCustody.Sealed;

    public required AuthorityState State { get; init; }

    /// <summary>Deleted authorities: the state before the deletion.</summary>
    public AuthorityState? StateBefore { get; init; }

    /// <summary>DER of the SubjectPublicKeyInfo; null until there is a key (trust-only: until the upload).</summary>
    public byte[]? PublicKey { get; init; }

    /// <summary>Sealed and imported keys; null once destroyed.</summary>
    public byte[]? SealedKey { get; init; }

    /// <summary>PKCS#11: the key's label in the token.</summary>
    public string? KeyLabel { get; init; }

    public string? CsrPem { get; init; }

    /// <summary>When the registration expires unless a chain was verified.</summary>
    public DateTimeOffset? RegistrationEnds { get; init; }

    /// <summary>The certificate first, the root last; null until uploaded.</summary>
    public string? ChainPem { get; init; }

    /// <summary>Lower-case hex SHA-256 of the certificate's DER.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Hex SHA-256 over subject and subject key identifier, by which verifiers find an authority.</summary>
    public string? SubjectKey { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>A sixth of the lifetime that remained when the chain was verified, so that a successor has time.</summary>
    public TimeSpan? MaxLeafLife { get; init; }

    /// <summary>The uploader accepts an anchor that the whole machine trusts; the approval covers it.</summary>
    public bool AllowsPublicAnchor { get; init; }

    public IReadOnlyList<AuthorityFinding> Findings { get; init; } = [];

    public string? SubmittedBy { get; init; }

    /// <summary>The administrator behind <see cref="SubmittedBy"/>, who must not approve (S16).</summary>
    public string? SubmittedPerson { get; init; }

    public string? ApprovedBy { get; init; }

    public AuthorityOverride? Override { get; init; }

    /// <summary>The registered certificate that is its anchor, once staged (S14).</summary>
    public RegisteredCertificateId? RegisteredCertificateId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StateSince { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }

    public bool HoldsKey => Custody != AuthorityCustody.TrustOnly;

    /// <summary>Includes suspended, retiring and tainted authorities, which clients may still trust.</summary>
    public bool SignsRevocations(DateTimeOffset now) =>
        HoldsKey && ChainPem is not null && AuthorityStates.IsTrusted(State) && NotAfter >= now;
}
