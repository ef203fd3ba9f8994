using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Challenges;

internal sealed class AcmeChallengeStore(Database database)
{
    private const string Ended =
        "expires_at_ms <= @CreatedAtMs OR (name = @Name AND tunnel_id = @TunnelId AND instance_id = @InstanceId)";

    private static readonly Columns<Row> Table = new("acme_challenges");

    public async ValueTask<AcmeChallenge?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE id = @id", new { id }, cancellationToken)).SingleOrDefault();

    public async ValueTask<AcmeChallenge?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE name = @name", new { name }, cancellationToken)).SingleOrDefault();

    /// <summary>
    /// Lists the challenges that expire after <paramref name="now"/>, of one tunnel, or of all if the id is null.
    /// </summary>
    public ValueTask<IReadOnlyList<AcmeChallenge>> ListLiveAsync(
        string? tunnelId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE expires_at_ms > @Now AND (@tunnelId IS NULL OR tunnel_id = @tunnelId) ORDER BY name",
            new { Now = now.ToStore(), tunnelId },
            cancellationToken
        );

    /// <summary>Ids of agents and edges that hold it.</summary>
    public async ValueTask<IReadOnlySet<string>> HoldersAsync(AcmeChallengeId id, CancellationToken cancellationToken)
    {
        var holders = await database.QueryAsync<string>(
            "SELECT holder FROM acme_challenge_holders WHERE challenge_id = @Value",
            new { id.Value },
            cancellationToken
        );
        return holders.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Also removes expired challenges and the announcer's earlier one for the name. <see
    /// cref="AcmeChallengeErrors.Busy"/> if another agent's challenge is live for the name.
    /// </summary>
    public IReadOnlyList<Statement> Insert(AcmeChallenge challenge, int limit)
    {
        var row = Row.Create(challenge) with { Limit = limit };
        return
        [
            TunnelLock.Acquire(row),
            new Statement(
                "DELETE FROM acme_challenge_holders WHERE challenge_id IN "
                    + $"(SELECT id FROM acme_challenges WHERE {Ended})",
                row
            ),
            new Statement($"DELETE FROM acme_challenges WHERE {Ended}", row),
            Table
                .InsertWhere(row, "(SELECT COUNT(*) FROM acme_challenges WHERE tunnel_id = @TunnelId) < @Limit")
                .ExpectingOne(AcmeChallengeErrors.Limit.Refuse())
                .Unique(AcmeChallengeErrors.Busy.Refuse()),
        ];
    }

    /// <summary>Removes a challenge. The last statement is refused if the challenge no longer exists.</summary>
    public IReadOnlyList<Statement> Remove(AcmeChallengeId id) =>
        [
            new Statement("DELETE FROM acme_challenge_holders WHERE challenge_id = @Value", new { id.Value }),
            new Statement("DELETE FROM acme_challenges WHERE id = @Value", new { id.Value }).ExpectingOne(
                RequestErrors.NotFound.Refuse()
            ),
        ];

    /// <summary>Idempotent; refused when it no longer exists.</summary>
    public IReadOnlyList<Statement> Acknowledge(AcmeChallengeId id, string holder) =>
        [
            // Locks the challenge's row: two concurrent acknowledgements of one holder count once.
            new Statement("UPDATE acme_challenges SET id = id WHERE id = @Value", new { id.Value }).ExpectingOne(
                RequestErrors.NotFound.Refuse()
            ),
            new Statement(
                "INSERT INTO acme_challenge_holders (challenge_id, holder) SELECT @Value, @holder WHERE NOT EXISTS "
                    + "(SELECT 1 FROM acme_challenge_holders WHERE challenge_id = @Value AND holder = @holder)",
                new { id.Value, holder }
            ),
        ];

    private async ValueTask<IReadOnlyList<AcmeChallenge>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToChallenge())];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string TunnelId { get; init; }

        public required string InstanceId { get; init; }

        public required string Name { get; init; }

        public required string Digest { get; init; }

        public long CreatedAtMs { get; init; }

        public long ExpiresAtMs { get; init; }

        /// <summary>The most challenges of a tunnel.</summary>
        [NotMapped]
        public long Limit { get; init; }

        public static Row Create(AcmeChallenge challenge) =>
            new()
            {
                Id = challenge.Id.Value,
                TunnelId = challenge.TunnelId,
                InstanceId = challenge.InstanceId,
                Name = challenge.Name,
                Digest = challenge.Digest,
                CreatedAtMs = challenge.CreatedAt.ToStore(),
                ExpiresAtMs = challenge.ExpiresAt.ToStore(),
            };

        public AcmeChallenge ToChallenge() =>
            new()
            {
                Id = AcmeChallengeId.Wrap(Id),
                TunnelId = TunnelId,
                InstanceId = InstanceId,
                Name = Name,
                Digest = Digest,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ExpiresAt = Instants.FromStore(ExpiresAtMs),
            };
    }
}
