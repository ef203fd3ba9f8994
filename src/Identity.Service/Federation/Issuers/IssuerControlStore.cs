using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed class IssuerControlStore(Database database) : IIssuerControlStore
{
    private const string Select =
        "SELECT issuer_id AS IssuerId, cause AS Cause, kind AS Kind, value AS Value, reason AS Reason, "
        + "killed_at_ms AS KilledAt, killed_by AS KilledBy FROM federation_issuer_kills";

    public async ValueTask<(IReadOnlyList<StoredKill> Kills, IReadOnlyList<StoredPause> Pauses)> AllAsync(
        CancellationToken cancellationToken
    )
    {
        var kills = await database.QueryAsync<KillRow>(Select, cancellationToken);
        var pauses = await database.QueryAsync<PauseRow>(
            "SELECT issuer_id AS IssuerId, paused_at_ms AS PausedAt FROM federation_issuer_pauses",
            cancellationToken
        );
        return (
            [.. kills.Select(row => row.ToKill())],
            [.. pauses.Select(row => new StoredPause(row.IssuerId, Instants.FromStore(row.PausedAt)))]
        );
    }

    public async ValueTask<IReadOnlyList<StoredKill>> KillsOfAsync(IssuerId issuer, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<KillRow>(
            Select + " WHERE issuer_id = @Issuer ORDER BY killed_at_ms, cause, kind, value",
            new { Issuer = issuer.Value },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToKill())];
    }

    public Statement Kill(StoredKill line) =>
        new(
            "INSERT INTO federation_issuer_kills (issuer_id, cause, kind, value, reason, killed_at_ms, killed_by) "
                + "VALUES (@IssuerId, @Cause, @Kind, @Value, @Reason, @KilledAt, @KilledBy) "
                + "ON CONFLICT (issuer_id, cause, kind, value) DO UPDATE SET reason = excluded.reason, "
                + "killed_at_ms = excluded.killed_at_ms, killed_by = excluded.killed_by",
            new
            {
                line.IssuerId,
                line.Cause,
                Kind = WireNames.Of(line.Kind),
                line.Value,
                line.Reason,
                KilledAt = line.KilledAt.ToStore(),
                line.KilledBy,
            }
        );

    public IReadOnlyList<Statement> Undo(IssuerId issuer, string cause) =>
        [
            // Every order has one line with an empty value or the kid itself: its absence is the conflict.
            new Statement(
                "DELETE FROM federation_issuer_kills WHERE issuer_id = @Issuer AND cause = @Cause AND kind <> 'key'",
                new { Issuer = issuer.Value, Cause = cause }
            ).ExpectingOne(FederationConflict.Changed),
            new Statement(
                "DELETE FROM federation_issuer_kills WHERE issuer_id = @Issuer AND cause = @Cause",
                new { Issuer = issuer.Value, Cause = cause }
            ),
        ];

    public Statement Pause(StoredPause pause) =>
        new(
            "INSERT INTO federation_issuer_pauses (issuer_id, paused_at_ms) VALUES (@IssuerId, @PausedAt) "
                + "ON CONFLICT (issuer_id) DO NOTHING",
            new { pause.IssuerId, PausedAt = pause.PausedAt.ToStore() }
        );

    public Statement Resume(IssuerId issuer) =>
        new("DELETE FROM federation_issuer_pauses WHERE issuer_id = @Issuer", new { Issuer = issuer.Value });

    private sealed record KillRow
    {
        public required string IssuerId { get; init; }

        public required string Cause { get; init; }

        public required string Kind { get; init; }

        public required string Value { get; init; }

        public required string Reason { get; init; }

        public long KilledAt { get; init; }

        public required string KilledBy { get; init; }

        public StoredKill ToKill() =>
            new(
                IssuerId,
                Cause,
                WireNames.Parse<KillKind>(Kind),
                Value,
                Reason,
                Instants.FromStore(KilledAt),
                KilledBy
            );
    }

    private sealed record PauseRow
    {
        public required string IssuerId { get; init; }

        public long PausedAt { get; init; }
    }
}
