using System.ComponentModel.DataAnnotations.Schema;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Tunnels' authorities. At most one per tunnel is active, apart from trust-only ones.</summary>
internal sealed class TunnelAuthorityStore(Database database)
{
    private const int PageSize = 100;

    // Registrations that wait for an administrator or for a later step.
    private const string Unfinished =
        "('draft', 'key_ready', 'csr_issued', 'cert_uploaded', 'verified', 'approved', 'rejected')";

    private static readonly Columns<Row> Table = new("certificate_authorities");

    public async ValueTask<TunnelAuthority?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE id = @id", new { id }, cancellationToken)).SingleOrDefault();

    /// <summary>
    /// <see cref="AuthorityErrors.NotActive"/> unless active and of an unarchived tunnel. Without it a leaf could be
    /// recorded just after the taint that should have replaced it.
    /// </summary>
    public Statement RequireActive(CertificateAuthorityId id) =>
        new Statement(
            "SELECT 1 FROM certificate_authorities a JOIN tunnels t ON t.id = a.tunnel_id WHERE a.id = @id "
                + "AND a.state = 'active' AND t.archived_at_ms IS NULL",
            new { id = id.Value }
        ).ExpectingOne(AuthorityErrors.NotActive.Refuse());

    public async ValueTask<TunnelAuthority?> FindActiveAsync(TunnelId tunnelId, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                " WHERE tunnel_id = @Value AND state = 'active' AND custody <> 'trust_only'",
                new { tunnelId.Value },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>Newest first, one more than the page's size if there are more; null = all.</summary>
    public ValueTask<IReadOnlyList<TunnelAuthority>> ListAsync(
        string organizationId,
        string? workspaceId,
        string? tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE organization_id = @organizationId "
                + "AND ordinal < @Before AND (@workspaceId IS NULL OR workspace_id = @workspaceId) "
                + "AND (@tunnelId IS NULL OR tunnel_id = @tunnelId) AND (@Archived = 1 OR archived_at_ms IS NULL) "
                + "ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                organizationId,
                workspaceId,
                tunnelId,
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>All authorities of a tunnel in any state, newest first.</summary>
    public ValueTask<IReadOnlyList<TunnelAuthority>> ListOfTunnelAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) => QueryAsync(" WHERE tunnel_id = @Value ORDER BY ordinal DESC", new { tunnelId.Value }, cancellationToken);

    /// <summary>
    /// Lists the authorities of all tunnels in a state, in the order of <see cref="TunnelAuthority.Ordinal"/>, page by
    /// page.
    /// </summary>
    public async IAsyncEnumerable<TunnelAuthority> ListByStateAsync(
        AuthorityState state,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        IReadOnlyList<TunnelAuthority> page;
        var after = 0L;
        do
        {
            page = await QueryAsync(
                " WHERE state = @State AND ordinal > @after ORDER BY ordinal LIMIT @PageSize",
                new
                {
                    State = WireNames.Get(state),
                    after,
                    PageSize,
                },
                cancellationToken
            );
            foreach (var authority in page)
            {
                after = authority.Ordinal;
                yield return authority;
            }
        } while (page.Count == PageSize);
    }

    /// <summary>
    /// Lists the authorities of all tunnels with that <see cref="TunnelAuthority.SubjectKey"/>, except archived ones.
    /// </summary>
    public ValueTask<IReadOnlyList<TunnelAuthority>> ListLookalikesAsync(
        string subjectKey,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE subject_key = @subjectKey AND archived_at_ms IS NULL ORDER BY ordinal",
            new { subjectKey },
            cancellationToken
        );

    /// <summary>
    /// <see cref="AuthorityErrors.KeyTaken"/> (S18); <see cref="TunnelErrors.CertificateLimit"/> at <paramref
    /// name="limit"/> unfinished registrations.
    /// </summary>
    public Statement Insert(TunnelAuthority authority, int limit) =>
        Table
            .InsertWhere(
                Row.Create(authority) with
                {
                    Limit = limit,
                },
                "(SELECT COUNT(*) FROM certificate_authorities "
                    + $"WHERE tunnel_id = @TunnelId AND state IN {Unfinished}) < @Limit"
            )
            .ExpectingOne(
                TunnelErrors.CertificateLimit.Refuse(
                    $"The tunnel has {limit} authorities with an unfinished registration: finish or delete one."
                )
            )
            .Unique(AuthorityErrors.KeyTaken());

    /// <summary>
    /// Replaces a record in state <paramref name="expected"/>. <see cref="AuthorityErrors.Changed"/> if it has another
    /// state, or would be a second active one. Writes the sealed key only for a draft, and removes it if the record has
    /// none.
    /// </summary>
    public Statement Update(TunnelAuthority authority, AuthorityState expected) =>
        Table
            .Update(
                Row.Create(authority) with
                {
                    StateExpected = WireNames.Get(expected),
                },
                "id = @Id AND state = @StateExpected"
            )
            .ExpectingOne(AuthorityErrors.Changed())
            .Unique(AuthorityErrors.Changed());

    /// <summary>Claims the creation of a draft's key; stale if another caller has claimed it, or created it.</summary>
    public Statement ClaimKey(CertificateAuthorityId id, string claim, DateTimeOffset now, DateTimeOffset until) =>
        new Statement(
            "UPDATE certificate_authorities SET key_claim = @claim, key_claim_until_ms = @until WHERE id = @id "
                + "AND state = 'draft' AND (key_claim IS NULL OR key_claim_until_ms <= @now)",
            new
            {
                id = id.Value,
                claim,
                now = now.ToStore(),
                until = until.ToStore(),
            }
        ).ExpectingOne();

    /// <summary>Releases a claim; <see cref="AuthorityErrors.Changed"/> when another node has taken it over.</summary>
    public Statement EndKeyClaim(CertificateAuthorityId id, string claim) =>
        new Statement(
            "UPDATE certificate_authorities SET key_claim = NULL, key_claim_until_ms = NULL WHERE id = @id "
                + "AND key_claim = @claim",
            new { id = id.Value, claim }
        ).ExpectingOne(AuthorityErrors.Changed());

    private async ValueTask<IReadOnlyList<TunnelAuthority>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToAuthority())];
    }

    private sealed record Row
    {
        [InsertOnly]
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        [InsertOnly]
        public required string WorkspaceId { get; init; }

        [InsertOnly]
        public required string TunnelId { get; init; }

        [InsertOnly]
        public required string Name { get; init; }

        [InsertOnly]
        public required string Custody { get; init; }

        public required string State { get; init; }

        public string? StateBefore { get; init; }

        public long? StateSinceMs { get; init; }

        public byte[]? PublicKey { get; init; }

        // Only a rotation of the sealing key changes the sealed form: a record read before it must not undo it.
        [Computed(
            Update = "CASE WHEN @SealedKey IS NULL THEN NULL WHEN state = 'draft' THEN @SealedKey ELSE sealed_key END"
        )]
        public byte[]? SealedKey { get; init; }

        public string? KeyLabel { get; init; }

        public string? CsrPem { get; init; }

        public long? RegistrationEndsMs { get; init; }

        public string? ChainPem { get; init; }

        public string? Fingerprint { get; init; }

        public string? SubjectKey { get; init; }

        public long? NotAfterMs { get; init; }

        public long? MaxLeafLifeMs { get; init; }

        public string? Findings { get; init; }

        public string? SubmittedBy { get; init; }

        public string? SubmittedPerson { get; init; }

        public string? ApprovedBy { get; init; }

        public string? OverrideMissing { get; init; }

        public string? OverrideReason { get; init; }

        public string? OverrideBy { get; init; }

        public string? OverridePerson { get; init; }

        public long? OverrideAtMs { get; init; }

        public long PublicAnchor { get; init; }

        public string? RegisteredCertificateId { get; init; }

        [InsertOnly]
        public long CreatedAtMs { get; init; }

        public long? ArchivedAtMs { get; init; }

        /// <summary>The state that the row must have for an update.</summary>
        [NotMapped]
        public string? StateExpected { get; init; }

        /// <summary>The most unfinished registrations of a tunnel.</summary>
        [NotMapped]
        public long Limit { get; init; }

        public static Row Create(TunnelAuthority authority) =>
            new()
            {
                Id = authority.Id.Value,
                OrganizationId = authority.OrganizationId,
                WorkspaceId = authority.WorkspaceId,
                TunnelId = authority.TunnelId.Value,
                Name = authority.Name,
                Custody = WireNames.Get(authority.Custody),
                State = WireNames.Get(authority.State),
                StateBefore = authority.StateBefore is { } before ? WireNames.Get(before) : null,
                StateSinceMs = authority.StateSince.ToStore(),
                PublicKey = authority.PublicKey,
                SealedKey = authority.SealedKey,
                KeyLabel = authority.KeyLabel,
                CsrPem = authority.CsrPem,
                RegistrationEndsMs = authority.RegistrationEnds.ToStore(),
                ChainPem = authority.ChainPem,
                Fingerprint = authority.Fingerprint,
                SubjectKey = authority.SubjectKey,
                NotAfterMs = authority.NotAfter.ToStore(),
                MaxLeafLifeMs = (long?)authority.MaxLeafLife?.TotalMilliseconds,
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
                OverrideAtMs = (authority.Override?.At).ToStore(),
                PublicAnchor = authority.AllowsPublicAnchor ? 1 : 0,
                RegisteredCertificateId = authority.RegisteredCertificateId?.Value,
                CreatedAtMs = authority.CreatedAt.ToStore(),
                ArchivedAtMs = authority.ArchivedAt.ToStore(),
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
                StateSince = Instants.FromStore(StateSinceMs),
                PublicKey = PublicKey,
                SealedKey = SealedKey,
                KeyLabel = KeyLabel,
                CsrPem = CsrPem,
                RegistrationEnds = Instants.FromStore(RegistrationEndsMs),
                ChainPem = ChainPem,
                Fingerprint = Fingerprint,
                SubjectKey = SubjectKey,
                NotAfter = Instants.FromStore(NotAfterMs),
                MaxLeafLife = MaxLeafLifeMs is { } life ? TimeSpan.FromMilliseconds(life) : null,
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
                        Instants.FromStore(OverrideAtMs!.Value)
                    )
                    : null,
                AllowsPublicAnchor = PublicAnchor != 0,
                RegisteredCertificateId = RegisteredCertificateId is { } id
                    ? Culvert.Identity.Service.Ids.RegisteredCertificateId.Wrap(id)
                    : null,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ArchivedAt = Instants.FromStore(ArchivedAtMs),
            };
    }
}
