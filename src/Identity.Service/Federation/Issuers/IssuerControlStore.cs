using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed class IssuerControlStore(Database database) : IIssuerControlStore
{
    private static readonly Columns<KillRow> Kills = new("federation_issuer_kills");
    private static readonly Columns<StoredPause> Pauses = new("federation_issuer_pauses");

    private static readonly string PutKill =
        $"{Kills.InsertValues} ON CONFLICT (issuer_id, cause, kind, value) DO UPDATE SET {Kills.Assignments}";

    private static readonly string PutPause = $"{Pauses.InsertValues} ON CONFLICT (issuer_id) DO NOTHING";

    public async ValueTask<(IReadOnlyList<StoredKill> Kills, IReadOnlyList<StoredPause> Pauses)> AllAsync(
        CancellationToken cancellationToken
    )
    {
        var kills = await database.QueryAsync<KillRow>(Kills.Select, cancellationToken);
        var pauses = await database.QueryAsync<StoredPause>(Pauses.Select, cancellationToken);
        return ([.. kills.Select(row => row.ToKill())], pauses);
    }

    public async ValueTask<IReadOnlyList<StoredKill>> KillsOfAsync(IssuerId issuer, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<KillRow>(
            Kills.Select + " WHERE issuer_id = @Issuer ORDER BY killed_at_ms, cause, kind, value",
            new { Issuer = issuer.Value },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToKill())];
    }

    public Statement Kill(StoredKill line) => new(PutKill, KillRow.Create(line));

    public IReadOnlyList<Statement> Undo(IssuerId issuer, string cause) =>
        [
            // Every order has one line with an empty value or the kid itself: its absence is the conflict.
            new Statement(
                "DELETE FROM federation_issuer_kills WHERE issuer_id = @Issuer AND cause = @Cause AND kind <> 'key'",
                new { Issuer = issuer.Value, Cause = cause }
            ).ExpectingOne(FederationErrors.Changed.Refuse()),
            new Statement(
                "DELETE FROM federation_issuer_kills WHERE issuer_id = @Issuer AND cause = @Cause",
                new { Issuer = issuer.Value, Cause = cause }
            ),
        ];

    public Statement Pause(StoredPause pause) => new(PutPause, pause);

    public Statement Resume(IssuerId issuer) =>
        new("DELETE FROM federation_issuer_pauses WHERE issuer_id = @Issuer", new { Issuer = issuer.Value });

    private sealed record KillRow
    {
        [InsertOnly]
        public required string IssuerId { get; init; }

        [InsertOnly]
        public required string Cause { get; init; }

        [InsertOnly]
        public required string Kind { get; init; }

        [InsertOnly]
        public required string Value { get; init; }

        public required string Reason { get; init; }

        public long KilledAtMs { get; init; }

        public required string KilledBy { get; init; }

        public static KillRow Create(StoredKill line) =>
            new()
            {
                IssuerId = line.IssuerId,
                Cause = line.Cause,
                Kind = WireNames.Get(line.Kind),
                Value = line.Value,
                Reason = line.Reason,
                KilledAtMs = line.KilledAt.ToStore(),
                KilledBy = line.KilledBy,
            };

        public StoredKill ToKill() =>
            new(
                IssuerId,
                Cause,
                WireNames.Parse<KillKind>(Kind),
                Value,
                Reason,
                Instants.FromStore(KilledAtMs),
                KilledBy
            );
    }
}
