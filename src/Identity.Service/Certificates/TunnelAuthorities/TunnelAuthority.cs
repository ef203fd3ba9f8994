using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>A registered authority of a tunnel.</summary>
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

    /// <summary>When the registration ends unless a chain was verified.</summary>
    public DateTimeOffset? RegistrationEnds { get; init; }

    /// <summary>The certificate, its issuers, the root last; null until uploaded.</summary>
    public string? ChainPem { get; init; }

    /// <summary>Of the certificate; lower-case hex SHA-256 of the DER.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Hex SHA-256 over subject and subject key identifier: what verifiers find an authority by.</summary>
    public string? SubjectKey { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>
    /// The longest that a leaf may live: a sixth of the life that remained when the chain was verified, so that a
    /// successor always finds time.
    /// </summary>
    public TimeSpan? MaxLeafLife { get; init; }

    /// <summary>The uploader wants an anchor that the whole machine trusts; who approves, approves that too.</summary>
    public bool AllowsPublicAnchor { get; init; }

    /// <summary>Rejected: what is wrong with the chain.</summary>
    public IReadOnlyList<AuthorityFinding> Findings { get; init; } = [];

    /// <summary>Who uploaded the chain.</summary>
    public string? SubmittedBy { get; init; }

    /// <summary>The person behind <see cref="SubmittedBy"/>: with two-person approval, not who approves (S16).</summary>
    public string? SubmittedPerson { get; init; }

    public string? ApprovedBy { get; init; }

    public AuthorityOverride? Override { get; init; }

    /// <summary>The registered certificate that is its anchor, once staged (S14).</summary>
    public RegisteredCertificateId? RegisteredCertificateId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the state last changed.</summary>
    public DateTimeOffset? StateSince { get; init; }

    /// <summary>When it was deleted.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The service can sign with its key.</summary>
    public bool HoldsKey => Custody != AuthorityCustody.TrustOnly;

    /// <summary>
    /// Its revocation lists and OCSP answers are signed: clients may still trust it. That includes suspended, retiring and
    /// tainted ones, whose certificates are still in use.
    /// </summary>
    public bool SignsRevocations(DateTimeOffset now) =>
        HoldsKey && ChainPem is not null && AuthorityStates.IsTrusted(State) && NotAfter >= now;
}
