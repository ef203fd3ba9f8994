using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Console.Sessions;

internal sealed class ConsoleSessionStore(Database database)
{
    private static readonly Columns<Row> Table = new("console_sessions");

    /// <summary>Null if unknown. Closed sessions are unknown; expired ones may still exist.</summary>
    public async ValueTask<ConsoleSession?> FindAsync(byte[] tokenHash, CancellationToken cancellationToken)
    {
        var row = await database.SingleOrDefaultAsync<Row>(
            Table.Select + " WHERE token_hash = @tokenHash",
            new { tokenHash },
            cancellationToken
        );
        return row?.ToSession();
    }

    public Statement Insert(ConsoleSession session, byte[] tokenHash) => Table.Insert(Row.Create(session, tokenHash));

    public Statement Used(string sessionId, DateTimeOffset at) =>
        new(
            "UPDATE console_sessions SET used_at_ms = @At WHERE id = @Id AND used_at_ms < @At",
            new { Id = sessionId, At = at.ToStore() }
        );

    public Statement End(string sessionId) =>
        new("DELETE FROM console_sessions WHERE id = @Id", new { Id = sessionId });

    /// <summary>The number of unexpired sessions that <see cref="EndForPerson"/> ends.</summary>
    public async ValueTask<int> CountForPersonAsync(
        string organizationId,
        string issuer,
        string subject,
        DateTimeOffset before,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        (int)
            await database.SingleAsync<long>(
                "SELECT COUNT(*) FROM console_sessions WHERE organization_id = @organizationId AND issuer = @issuer "
                    + "AND subject = @subject AND proven_at_ms < @Before AND expires_at_ms >= @Now",
                new
                {
                    organizationId,
                    issuer,
                    subject,
                    Before = before.ToStore(),
                    Now = now.ToStore(),
                },
                cancellationToken
            );

    /// <summary>
    /// Ends the sessions of a person that the identity provider confirmed before that moment. A confirmation since
    /// then proves that the person may sign in again.
    /// </summary>
    public Statement EndForPerson(string organizationId, string issuer, string subject, DateTimeOffset before) =>
        new(
            "DELETE FROM console_sessions WHERE organization_id = @organizationId AND issuer = @issuer "
                + "AND subject = @subject AND proven_at_ms < @Before",
            new
            {
                organizationId,
                issuer,
                subject,
                Before = before.ToStore(),
            }
        );

    public Statement DropExpired(DateTimeOffset now) =>
        new("DELETE FROM console_sessions WHERE expires_at_ms < @Now", new { Now = now.ToStore() });

    private sealed record Row(
        byte[] TokenHash,
        string Id,
        string OrganizationId,
        string? AdminKeyId,
        string? Issuer,
        string? Subject,
        string Name,
        string Roles,
        string? KeyThumbprint,
        long CreatedAtMs,
        long ProvenAtMs,
        long UsedAtMs,
        long ExpiresAtMs
    )
    {
        public static Row Create(ConsoleSession session, byte[] tokenHash) =>
            new(
                tokenHash,
                session.Id,
                session.OrganizationId,
                session.AdminKeyId,
                session.Issuer,
                session.Subject,
                session.Name,
                string.Join(' ', session.Roles),
                session.KeyThumbprint,
                session.CreatedAt.ToStore(),
                session.ProvenAt.ToStore(),
                session.UsedAt.ToStore(),
                session.ExpiresAt.ToStore()
            );

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
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ProvenAt = Instants.FromStore(ProvenAtMs),
                UsedAt = Instants.FromStore(UsedAtMs),
                ExpiresAt = Instants.FromStore(ExpiresAtMs),
            };
    }
}
