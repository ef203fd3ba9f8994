using System.Collections.Frozen;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Hosting;
using Dapper;

namespace Culvert.Identity.Service.Storage.Admin;

internal sealed class AdminKeyStore(Database database) : IAdminKeyStore
{
    public async ValueTask<AdminKey?> FindAsync(byte[] secretHash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            new CommandDefinition(
                "SELECT id AS Id, organization_id AS OrganizationId, name AS Name, scopes AS Scopes, "
                    + "created_by AS CreatedBy, "
                    + "created_at_ms AS CreatedAt, expires_at_ms AS ExpiresAt, revoked_at_ms AS RevokedAt "
                    + "FROM admin_keys WHERE secret_hash = @secretHash",
                new { secretHash },
                cancellationToken: cancellationToken
            )
        );
        return row is null
            ? null
            : new AdminKey
            {
                Id = AdminKeyId.Wrap(row.Id),
                OrganizationId = row.OrganizationId,
                Name = row.Name,
                Scopes = row.Scopes.Split(' ').ToFrozenSet(StringComparer.Ordinal),
                CreatedBy = row.CreatedBy,
                CreatedAt = Instants.FromStore(row.CreatedAt),
                ExpiresAt = Instants.FromStore(row.ExpiresAt),
                RevokedAt = Instants.FromStore(row.RevokedAt),
            };
    }

    public async ValueTask<string?> FindCreatorAsync(string keyId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition(
                "SELECT created_by FROM admin_keys WHERE id = @keyId",
                new { keyId },
                cancellationToken: cancellationToken
            )
        );
    }

    public Statement Insert(AdminKey key, byte[] secretHash) =>
        new(
            "INSERT INTO admin_keys (id, organization_id, name, secret_hash, scopes, created_by, created_at_ms, "
                + "expires_at_ms) VALUES (@Id, @OrganizationId, @Name, @Hash, @Scopes, @CreatedBy, @CreatedAt, @ExpiresAt)",
            new
            {
                Id = key.Id.Value,
                key.OrganizationId,
                key.Name,
                Hash = secretHash,
                Scopes = string.Join(' ', key.Scopes.Order(StringComparer.Ordinal)),
                key.CreatedBy,
                CreatedAt = key.CreatedAt.ToStore(),
                ExpiresAt = key.ExpiresAt.ToStore(),
            }
        );

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string Scopes { get; init; }

        public string? CreatedBy { get; init; }

        public long CreatedAt { get; init; }

        public long ExpiresAt { get; init; }

        public long? RevokedAt { get; init; }
    }
}
