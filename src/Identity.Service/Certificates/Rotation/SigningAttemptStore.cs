using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Attempts in the store; they keep two nodes from requesting the same signature.</summary>
internal sealed class SigningAttemptStore(Database database)
{
    public async ValueTask<SigningAttempt?> FindAsync(CertificateAuthorityId id, CancellationToken cancellationToken)
    {
        var row = await database.FirstOrDefaultAsync<Row>(
            "SELECT attempts AS Attempts, refused AS Refused, node AS Node, began_at_ms AS BeganAt, "
                + "held_until_ms AS HeldUntil, ended_at_ms AS EndedAt, next_at_ms AS NextAt, fault AS Error "
                + "FROM signing_attempts WHERE ca_id = @Value",
            new { id.Value },
            cancellationToken
        );
        return row is null
            ? null
            : new SigningAttempt
            {
                AuthorityId = id,
                Attempts = row.Attempts,
                Refused = row.Refused,
                Node = row.Node,
                BeganAt = Instants.FromStore(row.BeganAt),
                HeldUntil = row.HeldUntil == 0 ? null : Instants.FromStore(row.HeldUntil),
                EndedAt = Instants.FromStore(row.EndedAt),
                NextAt = Instants.FromStore(row.NextAt),
                Error = row.Error,
            };
    }

    /// <summary>Excludes others until <paramref name="heldUntil"/>, else <see cref="AuthorityConflict.Stale"/>.</summary>
    public Statement Begin(CertificateAuthorityId id, string node, DateTimeOffset now, DateTimeOffset heldUntil) =>
        new Statement(
            "INSERT INTO signing_attempts (ca_id, attempts, refused, node, began_at_ms, held_until_ms, next_at_ms) "
                + "SELECT id, 1, 0, @node, @now, @heldUntil, @now FROM certificate_authorities WHERE id = @Value "
                + "AND state IN ('draft', 'key_ready', 'csr_issued') "
                + "ON CONFLICT (ca_id) DO UPDATE SET attempts = signing_attempts.attempts + 1, node = @node, "
                + "began_at_ms = @now, held_until_ms = @heldUntil, ended_at_ms = NULL "
                + "WHERE signing_attempts.held_until_ms <= @now AND signing_attempts.next_at_ms <= @now",
            new
            {
                id.Value,
                node,
                now = now.ToStore(),
                heldUntil = heldUntil.ToStore(),
            }
        ).ExpectingOne(AuthorityConflict.Stale);

    /// <summary>Finishes the attempt; <see cref="AuthorityConflict.Stale"/> when another node has taken over.</summary>
    public Statement End(SigningAttempt attempt) =>
        new Statement(
            "UPDATE signing_attempts SET refused = @Refused, held_until_ms = 0, ended_at_ms = @EndedAt, "
                + "next_at_ms = @NextAt, fault = @Error WHERE ca_id = @Id AND node = @Node AND began_at_ms = @BeganAt "
                + "AND held_until_ms > 0",
            new
            {
                Id = attempt.AuthorityId.Value,
                attempt.Node,
                attempt.Refused,
                BeganAt = attempt.BeganAt.ToStore(),
                EndedAt = attempt.EndedAt.ToStore(),
                NextAt = attempt.NextAt.ToStore(),
                attempt.Error,
            }
        ).ExpectingOne(AuthorityConflict.Stale);

    private sealed record Row
    {
        public long Attempts { get; init; }

        public long Refused { get; init; }

        public required string Node { get; init; }

        public long BeganAt { get; init; }

        public long HeldUntil { get; init; }

        public long? EndedAt { get; init; }

        public long NextAt { get; init; }

        public string? Error { get; init; }
    }
}
