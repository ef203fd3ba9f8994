using System.Runtime.CompilerServices;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Tunnels' authorities. At most one per tunnel is active, apart from trust-only ones.</summary>
internal sealed class TunnelAuthorityStore(Database database)
{
    private const string Columns =
        "id AS Id, ordinal AS Ordinal, organization_id AS OrganizationId, workspace_id AS WorkspaceId, "
        + "tunnel_id AS TunnelId, name AS Name, custody AS Custody, state AS State, state_before AS StateBefore, "
        + "state_since_ms AS StateSince, public_key AS PublicKey, sealed_key AS SealedKey, key_label AS KeyLabel, "
        + "csr_pem AS CsrPem, registration_ends_ms AS RegistrationEnds, chain_pem AS ChainPem, "
        + "fingerprint AS Fingerprint, subject_key AS SubjectKey, not_after_ms AS NotAfter, "
        + "max_leaf_life_ms AS MaxLeafLife, findings AS Findings, submitted_by AS SubmittedBy, "
        + "submitted_person AS SubmittedPerson, approved_by AS ApprovedBy, override_missing AS OverrideMissing, "
        + "override_reason AS OverrideReason, override_by AS OverrideBy, override_person AS OverridePerson, "
        + "override_at_ms AS OverrideAt, public_anchor AS PublicAnchor, registered_certificate_id AS RegisteredCertificateId, "
        + "created_at_ms AS CreatedAt, archived_at_ms AS ArchivedAt";

    private const int PageSize = 100;

    // Registrations that wait for an administrator or for a later step.
    private const string Unfinished =
        "('draft', 'key_ready', 'csr_issued', 'cert_uploaded', 'verified', 'approved', 'rejected')";

    // Only a rotation of the sealing key changes the sealed form: a record read before it must not undo it.
    private const string SealedKey =
        "CASE WHEN @SealedKey IS NULL THEN NULL WHEN state = 'draft' THEN @SealedKey ELSE sealed_key END";

    public async ValueTask<TunnelAuthority?> FindAsync(string id, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM certificate_authorities WHERE id = @id",
                new { id },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>
    /// <see cref="AuthorityConflict.NotActive"/> unless active and of an unarchived tunnel. Without it a leaf could be
    /// recorded just after the taint that should have replaced it.
    /// </summary>
    public Statement RequireActive(CertificateAuthorityId id) =>
        new Statement(
            "SELECT 1 FROM certificate_authorities a JOIN tunnels t ON t.id = a.tunnel_id WHERE a.id = @id "
                + "AND a.state = 'active' AND t.archived_at_ms IS NULL",
            new { id = id.Value }
        ).ExpectingOne(AuthorityConflict.NotActive);

    public async ValueTask<TunnelAuthority?> FindActiveAsync(TunnelId tunnelId, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM certificate_authorities WHERE tunnel_id = @Value AND state = 'active' "
                    + "AND custody <> 'trust_only'",
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
            $"SELECT {Columns} FROM certificate_authorities WHERE organization_id = @organizationId "
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
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM certificate_authorities WHERE tunnel_id = @Value ORDER BY ordinal DESC",
            new { tunnelId.Value },
            cancellationToken
        );

    /// <summary>Those of all tunnels, by <see cref="TunnelAuthority.Ordinal"/>. Reads all of them, in pages.</summary>
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
                $"SELECT {Columns} FROM certificate_authorities WHERE state = @State AND ordinal > @after "
                    + "ORDER BY ordinal LIMIT @PageSize",
                new
                {
                    State = WireNames.Of(state),
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

    /// <summary>Those of all tunnels with that <see cref="TunnelAuthority.SubjectKey"/>, without deleted ones.</summary>
    public ValueTask<IReadOnlyList<TunnelAuthority>> ListLookalikesAsync(
        string subjectKey,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM certificate_authorities WHERE subject_key = @subjectKey "
                + "AND archived_at_ms IS NULL ORDER BY ordinal",
            new { subjectKey },
            cancellationToken
        );

    /// <summary>
    /// <see cref="AuthorityConflict.KeyTaken"/> (S18); <see cref="AuthorityConflict.LimitReached"/> at <paramref
    /// name="limit"/> unfinished registrations.
    /// </summary>
    public Statement Insert(TunnelAuthority authority, int limit) =>
        new Statement(
            "INSERT INTO certificate_authorities (id, ordinal, organization_id, workspace_id, tunnel_id, name, custody, "
                + "state, state_since_ms, public_key, sealed_key, key_label, csr_pem, registration_ends_ms, "
                + "created_at_ms) SELECT @Id, "
                + "(SELECT COALESCE(MAX(ordinal), 0) + 1 FROM certificate_authorities), @OrganizationId, @WorkspaceId, "
                + "@TunnelId, @Name, @Custody, @State, @StateSince, @PublicKey, @SealedKey, @KeyLabel, @CsrPem, "
                + "@RegistrationEnds, @CreatedAt WHERE (SELECT COUNT(*) FROM certificate_authorities "
                + $"WHERE tunnel_id = @TunnelId AND state IN {Unfinished}) < @Limit",
            TunnelAuthorityRow.Of(authority) with
            {
                Limit = limit,
            }
        )
            .ExpectingOne(AuthorityConflict.LimitReached)
            .Unique(AuthorityConflict.KeyTaken);

    /// <summary>
    /// Replaces a record in state <paramref name="expected"/>, else <see cref="AuthorityConflict.Stale"/>. A second
    /// active one is <see cref="AuthorityConflict.OtherActive"/>. Writes the sealed key only for a draft, and removes
    /// it if the record has none.
    /// </summary>
    public Statement Update(TunnelAuthority authority, AuthorityState expected) =>
        new Statement(
            "UPDATE certificate_authorities SET state = @State, state_before = @StateBefore, "
                + $"state_since_ms = @StateSince, public_key = @PublicKey, sealed_key = {SealedKey}, "
                + "key_label = @KeyLabel, csr_pem = @CsrPem, registration_ends_ms = @RegistrationEnds, "
                + "chain_pem = @ChainPem, fingerprint = @Fingerprint, subject_key = @SubjectKey, "
                + "not_after_ms = @NotAfter, max_leaf_life_ms = @MaxLeafLife, findings = @Findings, "
                + "submitted_by = @SubmittedBy, submitted_person = @SubmittedPerson, approved_by = @ApprovedBy, "
                + "override_missing = @OverrideMissing, override_reason = @OverrideReason, "
                + "override_by = @OverrideBy, override_person = @OverridePerson, override_at_ms = @OverrideAt, "
                + "public_anchor = @PublicAnchor, registered_certificate_id = @RegisteredCertificateId, archived_at_ms = @ArchivedAt "
                + "WHERE id = @Id AND state = @Expected",
            TunnelAuthorityRow.Of(authority) with
            {
                Expected = WireNames.Of(expected),
            }
        )
            .ExpectingOne(AuthorityConflict.Stale)
            .Unique(AuthorityConflict.OtherActive);

    /// <summary>Claims the creation of a draft's key, else <see cref="AuthorityConflict.KeyClaimed"/>.</summary>
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
        ).ExpectingOne(AuthorityConflict.KeyClaimed);

    /// <summary>Releases a claim; <see cref="AuthorityConflict.Stale"/> when another node has taken it over.</summary>
    public Statement EndKeyClaim(CertificateAuthorityId id, string claim) =>
        new Statement(
            "UPDATE certificate_authorities SET key_claim = NULL, key_claim_until_ms = NULL WHERE id = @id "
                + "AND key_claim = @claim",
            new { id = id.Value, claim }
        ).ExpectingOne(AuthorityConflict.Stale);

    private async ValueTask<IReadOnlyList<TunnelAuthority>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<TunnelAuthorityRow>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToAuthority())];
    }
}
