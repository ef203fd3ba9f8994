using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Hosting;
using Dapper;

namespace Culvert.Identity.Service.Storage.Certificates;

internal sealed class TunnelAuthorityStore(Database database) : ITunnelAuthorityStore
{
    private const string Columns =
        "id AS Id, ordinal AS Ordinal, organization_id AS OrganizationId, workspace_id AS WorkspaceId, "
        + "tunnel_id AS TunnelId, name AS Name, state AS State, public_key AS PublicKey, sealed_key AS SealedKey, "
        + "csr_pem AS CsrPem, chain_pem AS ChainPem, fingerprint AS Fingerprint, not_after_ms AS NotAfter, "
        + "submitted_by AS SubmittedBy, registered_certificate_id AS RegisteredCertificateId, "
        + "created_at_ms AS CreatedAt, archived_at_ms AS ArchivedAt";

    public async ValueTask<TunnelAuthority?> FindAsync(string id, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM certificate_authorities WHERE id = @id",
                new { id },
                cancellationToken
            )
        ).SingleOrDefault();

    public async ValueTask<TunnelAuthority?> FindActiveAsync(TunnelId tunnelId, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM certificate_authorities WHERE tunnel_id = @Value AND state = 'active'",
                new { tunnelId.Value },
                cancellationToken
            )
        ).SingleOrDefault();

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
                Archived = page.IncludeArchived ? 1L : 0L,
                Count = page.Limit + 1,
            },
            cancellationToken
        );

    public Statement Insert(TunnelAuthority authority) =>
        new(
            "INSERT INTO certificate_authorities (id, ordinal, organization_id, workspace_id, tunnel_id, name, custody, "
                + "state, public_key, sealed_key, csr_pem, created_at_ms) VALUES (@Id, "
                + "(SELECT COALESCE(MAX(ordinal), 0) + 1 FROM certificate_authorities), @OrganizationId, @WorkspaceId, "
                + "@TunnelId, @Name, 'sealed', @State, @PublicKey, @SealedKey, @CsrPem, @CreatedAt)",
            new
            {
                Id = authority.Id.Value,
                authority.OrganizationId,
                authority.WorkspaceId,
                TunnelId = authority.TunnelId.Value,
                authority.Name,
                State = AuthorityStates.NameOf(authority.State),
                authority.PublicKey,
                authority.SealedKey,
                authority.CsrPem,
                CreatedAt = authority.CreatedAt.ToStore(),
            }
        );

    public Statement Update(TunnelAuthority authority, AuthorityState expected) => new Statement(
            "UPDATE certificate_authorities SET state = @State, chain_pem = @ChainPem, fingerprint = @Fingerprint, "
                + "not_after_ms = @NotAfter, submitted_by = @SubmittedBy, registered_certificate_id = @Registered "
                + "WHERE id = @Id AND state = @Expected",
            new
            {
                Id = authority.Id.Value,
                State = AuthorityStates.NameOf(authority.State),
                authority.ChainPem,
                authority.Fingerprint,
                NotAfter = authority.NotAfter.ToStore(),
                authority.SubmittedBy,
                Registered = authority.RegisteredCertificateId?.Value,
                Expected = AuthorityStates.NameOf(expected),
            }
        ).ExpectingOne(AuthorityConflict.Stale).Unique(AuthorityConflict.OtherActive);

    private async ValueTask<IReadOnlyList<TunnelAuthority>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<TunnelAuthorityRow>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)
        );
        return [.. rows.Select(row => row.ToAuthority())];
    }
}
