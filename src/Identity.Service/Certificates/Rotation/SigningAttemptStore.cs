using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Attempts in the store; they keep two nodes from requesting the same signature.</summary>
internal sealed class SigningAttemptStore(Database database)
{
    private static readonly Columns<Row> Table = new("signing_attempts");

    public async ValueTask<SigningAttempt?> FindAsync(CertificateAuthorityId id, CancellationToken cancellationToken)
    {
        var row = await database.FirstOrDefaultAsync<Row>(
            Table.Select + " WHERE ca_id = @Value",
            new { id.Value },
            cancellationToken
        );
        return row?.ToAttempt();
    }

    /// <summary>Excludes others until <paramref name="heldUntil"/>; stale if held already, or not due.</summary>
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
        ).ExpectingOne();

    /// <summary>Finishes the attempt; stale when another node has taken over.</summary>
    public Statement End(SigningAttempt attempt) =>
        Table
            .Update(
                Row.Create(attempt),
                "ca_id = @CaId AND node = @Node AND began_at_ms = @BeganAtMs AND held_until_ms > 0"
            )
            .ExpectingOne();

    private sealed record Row
    {
        [InsertOnly]
        public required string CaId { get; init; }

        [InsertOnly]
        public long Attempts { get; init; }

        public long Refused { get; init; }

        [InsertOnly]
        public required string Node { get; init; }

        [InsertOnly]
        public long BeganAtMs { get; init; }

        /// <summary>0 = the attempt has finished.</summary>
        public long HeldUntilMs { get; init; }

        public long? EndedAtMs { get; init; }

        public long NextAtMs { get; init; }

        public string? Fault { get; init; }

        public static Row Create(SigningAttempt attempt) =>
            new()
            {
                CaId = attempt.AuthorityId.Value,
                Attempts = attempt.Attempts,
                Refused = attempt.Refused,
                Node = attempt.Node,
                BeganAtMs = attempt.BeganAt.ToStore(),
                HeldUntilMs = attempt.HeldUntil.ToStore() ?? 0,
                EndedAtMs = attempt.EndedAt.ToStore(),
                NextAtMs = attempt.NextAt.ToStore(),
                Fault = attempt.Error,
            };

        public SigningAttempt ToAttempt() =>
            new()
            {
                AuthorityId = CertificateAuthorityId.Wrap(CaId),
                Attempts = Attempts,
                Refused = Refused,
                Node = Node,
                BeganAt = Instants.FromStore(BeganAtMs),
                HeldUntil = HeldUntilMs == 0 ? null : Instants.FromStore(HeldUntilMs),
                EndedAt = Instants.FromStore(EndedAtMs),
                NextAt = Instants.FromStore(NextAtMs),
                Error = Fault,
            };
    }
}
