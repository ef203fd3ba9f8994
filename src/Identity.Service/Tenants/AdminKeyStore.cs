using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tenants;

internal sealed class AdminKeyStore(Database database)
{
    private static readonly Columns<Row> Table = new("admin_keys");

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

    /// <summary>Inserts a key; <see cref="AdminKeyErrors.Limit"/> if the maximum is reached.</summary>
    /// <param name="secretHash">SHA-256 of the key.</param>
    /// <param name="mostLive">The maximum number of the organization's live keys, including this one.</param>
    public Statement Insert(AdminKey key, byte[] secretHash, int mostLive = int.MaxValue) =>
        Table
            .InsertWhere(
                Row.Create(key, secretHash, mostLive),
                "(SELECT COUNT(*) FROM admin_keys WHERE organization_id = @OrganizationId AND revoked_at_ms IS NULL "
                    + "AND expires_at_ms >= @CreatedAtMs) < @MostLive"
            )
            .ExpectingOne(AdminKeyErrors.Limit.Refuse());

    /// <summary>Revokes a key. The statement is stale if the key is already revoked.</summary>
    public Statement Revoke(AdminKeyId id, DateTimeOffset at) =>
        new Statement(
            "UPDATE admin_keys SET revoked_at_ms = @At WHERE id = @Id AND revoked_at_ms IS NULL",
            new { Id = id.Value, At = at.ToStore() }
        ).ExpectingOne();

    /// <summary>The number of live keys that <see cref="RevokeForOwner"/> revokes.</summary>
    public async ValueTask<int> CountForOwnerAsync(
        string organizationId,
        KeyOwner owner,
        DateTimeOffset before,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        (int)
            await database.SingleAsync<long>(
                "SELECT COUNT(*) FROM admin_keys WHERE organization_id = @organizationId AND owner_issuer = @Issuer "
                    + "AND owner_subject = @Subject AND created_at_ms < @Before AND revoked_at_ms IS NULL "
                    + "AND expires_at_ms >= @Now",
                new
                {
                    organizationId,
                    owner.Issuer,
                    owner.Subject,
                    Before = before.ToStore(),
                    Now = now.ToStore(),
                },
                cancellationToken
            );

    /// <summary>Revokes the keys of a person that were created before that time.</summary>
    public Statement RevokeForOwner(string organizationId, KeyOwner owner, DateTimeOffset before, DateTimeOffset at) =>
        new(
            "UPDATE admin_keys SET revoked_at_ms = @At WHERE organization_id = @organizationId "
                + "AND owner_issuer = @Issuer AND owner_subject = @Subject AND created_at_ms < @Before "
                + "AND revoked_at_ms IS NULL",
            new
            {
                organizationId,
                owner.Issuer,
                owner.Subject,
                Before = before.ToStore(),
                At = at.ToStore(),
            }
        );

    /// <summary>
    /// Sets the person who owns a key. The statement is stale if the key has an owner, or was created with another key.
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
        ).ExpectingOne();

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
        var rows = await database.QueryAsync<Row>($"{Table.Select} WHERE {condition}", parameters, cancellationToken);
        return [.. rows.Select(row => row.ToKey())];
    }

    private sealed record Row(
        string Id,
        string OrganizationId,
        string Name,
        byte[] SecretHash,
        string Scopes,
        string? Role,
        string? CreatedBy,
        long CreatedAtMs,
        long ExpiresAtMs,
        long? RevokedAtMs,
        long? LastUsedAtMs,
        string? OwnerIssuer,
        string? OwnerSubject
    )
    {
        [NotMapped]
        public long MostLive { get; init; }

        public static Row Create(AdminKey key, byte[] secretHash, int mostLive) =>
            new(
                key.Id.Value,
                key.OrganizationId,
                key.Name,
                secretHash,
                string.Join(' ', key.Scopes.Order(StringComparer.Ordinal)),
                key.Role,
                key.CreatedBy,
                key.CreatedAt.ToStore(),
                key.ExpiresAt.ToStore(),
                RevokedAtMs: null,
                LastUsedAtMs: null,
                key.Owner?.Issuer,
                key.Owner?.Subject
            )
            {
                MostLive = mostLive,
            };

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
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ExpiresAt = Instants.FromStore(ExpiresAtMs),
                RevokedAt = Instants.FromStore(RevokedAtMs),
                LastUsedAt = Instants.FromStore(LastUsedAtMs),
                Owner = OwnerIssuer is null ? null : new KeyOwner(OwnerIssuer, OwnerSubject!),
            };
        }
    }
}
