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
                CreatedAt = Instants.FromStore(row.CreatedAt),
                ExpiresAt = Instants.FromStore(row.ExpiresAt),
                RevokedAt = Instants.FromStore(row.RevokedAt),
            };
    }

    public Statement Insert(AdminKey key, byte[] secretHash) =>
        new(
            "INSERT INTO admin_keys (id, organization_id, name, secret_hash, scopes, created_at_ms, expires_at_ms) "
                + "VALUES (@Id, @OrganizationId, @Name, @Hash, @Scopes, @CreatedAt, @ExpiresAt)",
            new
            {
                Id = key.Id.Value,
                key.OrganizationId,
                key.Name,
                Hash = secretHash,
                Scopes = string.Join(' ', key.Scopes.Order(StringComparer.Ordinal)),
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

        public long CreatedAt { get; init; }

        public long ExpiresAt { get; init; }

        public long? RevokedAt { get; init; }
    }
}
