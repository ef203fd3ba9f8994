using System.Collections.Frozen;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tenants;

internal sealed class AdminKeyStore(Database database)
{
    private const string Select =
        "SELECT id AS Id, organization_id AS OrganizationId, name AS Name, scopes AS Scopes, role AS Role, created_by AS CreatedBy, "
        + "created_at_ms AS CreatedAt, expires_at_ms AS ExpiresAt, revoked_at_ms AS RevokedAt, "
        + "last_used_at_ms AS LastUsedAt, owner_issuer AS OwnerIssuer, owner_subject AS OwnerSubject FROM admin_keys WHERE ";

    /// <summary>The key with that SHA-256, also if expired or revoked; null = unknown.</summary>
    public async ValueTask<AdminKey?> FindAsync(byte[] secretHash, CancellationToken cancellationToken) =>
        (await QueryAsync("secret_hash = @secretHash", new { secretHash }, cancellationToken)).SingleOrDefault();

    public async ValueTask<AdminKey?> FindAsync(
        string organizationId,
        string keyId,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                "id = @keyId AND organization_id = @organizationId",
                new { keyId, organizationId },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>The latest thousand, newest first, including expired and revoked ones.</summary>
    public ValueTask<IReadOnlyList<AdminKey>> ListAsync(string organizationId, CancellationToken cancellationToken) =>
        QueryAsync(
            "organization_id = @organizationId ORDER BY created_at_ms DESC, id DESC LIMIT 1000",
            new { organizationId },
            cancellationToken
        );

    /// <summary>The first keys of people (not created by a key), oldest first.</summary>
    public ValueTask<IReadOnlyList<AdminKey>> ListFirstAsync(
        string organizationId,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            "organization_id = @organizationId AND created_by IS NULL ORDER BY created_at_ms, id",
            new { organizationId },
            cancellationToken
        );

    /// <summary>Live keys of all organizations that may operate the installation, oldest first.</summary>
    public async ValueTask<IReadOnlyList<AdminKey>> ListLiveOperatorsAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        [
            .. (
                await QueryAsync(
                    "revoked_at_ms IS NULL AND expires_at_ms >= @Now ORDER BY created_at_ms, id",
                    new { Now = now.ToStore() },
                    cancellationToken
                )
            ).Where(key => key.Scopes.Contains(Http.Scopes.InstallationOperate)),
        ];

    /// <summary>
    /// The id of the creating key (null = created on the host, or unknown), and the person that the key names.
    /// </summary>
    public async ValueTask<(string? CreatedBy, KeyOwner? Owner)> FindOriginAsync(
        string keyId,
        CancellationToken cancellationToken
    ) =>
        (await QueryAsync("id = @keyId", new { keyId }, cancellationToken)) is [var key]
            ? (key.CreatedBy, key.Owner)
            : (null, null);

    /// <summary>Inserts a key; <see cref="AdminKeyConflict.Limit"/> if the maximum is reached.</summary>
    /// <param name="secretHash">SHA-256 of the key.</param>
    /// <param name="mostLive">The maximum number of the organization's live keys, including this one.</param>
    public Statement Insert(AdminKey key, byte[] secretHash, int mostLive = int.MaxValue) =>
        new Statement(
            "INSERT INTO admin_keys (id, organization_id, name, secret_hash, scopes, role, created_by, created_at_ms, "
                + "expires_at_ms, owner_issuer, owner_subject) SELECT @Id, @OrganizationId, @Name, @Hash, @Scopes, @Role, "
                + "@CreatedBy, @CreatedAt, @ExpiresAt, @OwnerIssuer, @OwnerSubject "
                + "WHERE (SELECT COUNT(*) FROM admin_keys WHERE organization_id = @OrganizationId "
                + "AND revoked_at_ms IS NULL AND expires_at_ms >= @CreatedAt) < @MostLive",
            new
            {
                Id = key.Id.Value,
                key.OrganizationId,
                key.Name,
                Hash = secretHash,
                Scopes = string.Join(' ', key.Scopes.Order(StringComparer.Ordinal)),
                key.Role,
                key.CreatedBy,
                CreatedAt = key.CreatedAt.ToStore(),
                ExpiresAt = key.ExpiresAt.ToStore(),
                OwnerIssuer = key.Owner?.Issuer,
                OwnerSubject = key.Owner?.Subject,
                MostLive = (long)mostLive,
            }
        ).ExpectingOne(AdminKeyConflict.Limit);

    /// <summary><see cref="AdminKeyConflict.Revoked"/> if it is already revoked.</summary>
    public Statement Revoke(AdminKeyId id, DateTimeOffset at) =>
        new Statement(
            "UPDATE admin_keys SET revoked_at_ms = @At WHERE id = @Id AND revoked_at_ms IS NULL",
            new { Id = id.Value, At = at.ToStore() }
        ).ExpectingOne(AdminKeyConflict.Revoked);

    /// <summary>
    /// <see cref="AdminKeyConflict.Owned"/> if it already names a person, or was created with another key.
    /// </summary>
    public Statement SetOwner(AdminKeyId id, KeyOwner owner) =>
        new Statement(
            "UPDATE admin_keys SET owner_issuer = @Issuer, owner_subject = @Subject "
                + "WHERE id = @Id AND owner_issuer IS NULL AND created_by IS NULL",
            new
            {
                Id = id.Value,
                owner.Issuer,
                owner.Subject,
            }
        ).ExpectingOne(AdminKeyConflict.Owned);

    public Statement Used(string keyId, DateTimeOffset at) =>
        new(
            "UPDATE admin_keys SET last_used_at_ms = @At WHERE id = @Id "
                + "AND (last_used_at_ms IS NULL OR last_used_at_ms < @At)",
            new { Id = keyId, At = at.ToStore() }
        );

    private async ValueTask<IReadOnlyList<AdminKey>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToKey())];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string Scopes { get; init; }

        public string? Role { get; init; }

        public string? CreatedBy { get; init; }

        public long CreatedAt { get; init; }

        public long ExpiresAt { get; init; }

        public long? RevokedAt { get; init; }

        public long? LastUsedAt { get; init; }

        public string? OwnerIssuer { get; init; }

        public string? OwnerSubject { get; init; }

        public AdminKey ToKey()
        {
            var scopes = Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
            return new AdminKey
            {
                Id = AdminKeyId.Wrap(Id),
                OrganizationId = OrganizationId,
                Name = Name,
                Scopes = scopes,
                // Keys of earlier versions have no role column: it follows from their scopes.
                Role = Role ?? AdminRole.Find(scopes)?.Name,
                Roles = Role is null ? [] : [Role],
                CreatedBy = CreatedBy,
                CreatedAt = Instants.FromStore(CreatedAt),
                ExpiresAt = Instants.FromStore(ExpiresAt),
                RevokedAt = Instants.FromStore(RevokedAt),
                LastUsedAt = Instants.FromStore(LastUsedAt),
                Owner = OwnerIssuer is null ? null : new KeyOwner(OwnerIssuer, OwnerSubject!),
            };
        }
    }
}
