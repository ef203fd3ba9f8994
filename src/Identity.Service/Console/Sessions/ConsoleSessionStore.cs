using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Console.Sessions;

internal sealed class ConsoleSessionStore(Database database)
{
    /// <summary>Null if unknown. Closed sessions are unknown; expired ones may still exist.</summary>
    public async ValueTask<ConsoleSession?> FindAsync(byte[] tokenHash, CancellationToken cancellationToken)
    {
        var row = await database.SingleOrDefaultAsync<Row>(
            "SELECT id AS Id, organization_id AS OrganizationId, admin_key_id AS AdminKeyId, issuer AS Issuer, "
                + "subject AS Subject, name AS Name, roles AS Roles, key_thumbprint AS KeyThumbprint, created_at_ms AS CreatedAt, "
                + "proven_at_ms AS ProvenAt, used_at_ms AS UsedAt, expires_at_ms AS ExpiresAt "
                + "FROM console_sessions WHERE token_hash = @tokenHash",
            new { tokenHash },
            cancellationToken
        );
        return row?.ToSession();
    }

    public Statement Insert(ConsoleSession session, byte[] tokenHash) =>
        new(
            "INSERT INTO console_sessions (token_hash, id, organization_id, admin_key_id, issuer, subject, name, roles, "
                + "key_thumbprint, created_at_ms, proven_at_ms, used_at_ms, expires_at_ms) VALUES (@Hash, @Id, @OrganizationId, "
                + "@AdminKeyId, @Issuer, @Subject, @Name, @Roles, @KeyThumbprint, @CreatedAt, @ProvenAt, @UsedAt, @ExpiresAt)",
            new
            {
                Hash = tokenHash,
                session.Id,
                session.OrganizationId,
                session.AdminKeyId,
                session.Issuer,
                session.Subject,
                session.Name,
                Roles = string.Join(' ', session.Roles),
                session.KeyThumbprint,
                CreatedAt = session.CreatedAt.ToStore(),
                ProvenAt = session.ProvenAt.ToStore(),
                UsedAt = session.UsedAt.ToStore(),
                ExpiresAt = session.ExpiresAt.ToStore(),
            }
        );

    public Statement Used(string sessionId, DateTimeOffset at) =>
        new(
            "UPDATE console_sessions SET used_at_ms = @At WHERE id = @Id AND used_at_ms < @At",
            new { Id = sessionId, At = at.ToStore() }
        );

    public Statement End(string sessionId) =>
        new("DELETE FROM console_sessions WHERE id = @Id", new { Id = sessionId });

    public Statement DropExpired(DateTimeOffset now) =>
        new("DELETE FROM console_sessions WHERE expires_at_ms < @Now", new { Now = now.ToStore() });

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public string? AdminKeyId { get; init; }

        public string? Issuer { get; init; }

        public string? Subject { get; init; }

        public required string Name { get; init; }

        public required string Roles { get; init; }

        public string? KeyThumbprint { get; init; }

        public long CreatedAt { get; init; }

        public long ProvenAt { get; init; }

        public long UsedAt { get; init; }

        public long ExpiresAt { get; init; }

        public ConsoleSession ToSession() =>
            new()
            {
                Id = Id,
                OrganizationId = OrganizationId,
                AdminKeyId = AdminKeyId,
                Issuer = Issuer,
                Subject = Subject,
                Name = Name,
                Roles = Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                KeyThumbprint = KeyThumbprint,
                CreatedAt = Instants.FromStore(CreatedAt),
                ProvenAt = Instants.FromStore(ProvenAt),
                UsedAt = Instants.FromStore(UsedAt),
                ExpiresAt = Instants.FromStore(ExpiresAt),
            };
    }
}
