using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Challenges;

internal sealed class AcmeChallengeStore(Database database)
{
    private const string Select =
        "SELECT id AS Id, tunnel_id AS TunnelId, instance_id AS InstanceId, name AS Name, digest AS Digest, "
        + "created_at_ms AS CreatedAt, expires_at_ms AS ExpiresAt FROM acme_challenges";

    public async ValueTask<AcmeChallenge?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await QueryAsync($"{Select} WHERE id = @id", new { id }, cancellationToken)).SingleOrDefault();

    public async ValueTask<AcmeChallenge?> FindByNameAsync(string name, CancellationToken cancellationToken) =>
        (await QueryAsync($"{Select} WHERE name = @name", new { name }, cancellationToken)).SingleOrDefault();

    /// <summary>Those that expire after <paramref name="now"/>, of every tunnel or of one.</summary>
    public ValueTask<IReadOnlyList<AcmeChallenge>> ListLiveAsync(
        string? tunnelId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"{Select} WHERE expires_at_ms > @Now AND (@tunnelId IS NULL OR tunnel_id = @tunnelId) ORDER BY name",
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
    /// Also removes expired challenges and the announcer's earlier one for the name. Conflicts: <see
    /// cref="TunnelConflict.Stale"/> (tunnel archived), <see cref="TunnelConflict.LimitReached"/>, <see
    /// cref="TunnelConflict.InUse"/> (another agent's challenge is live for the name).
    /// </summary>
    public IReadOnlyList<Statement> Insert(AcmeChallenge challenge, int limit)
    {
        const string Ended =
            "expires_at_ms <= @CreatedAt OR (name = @Name AND tunnel_id = @TunnelId AND instance_id = @InstanceId)";
        var parameters = new
        {
            Id = challenge.Id.Value,
            challenge.TunnelId,
            challenge.InstanceId,
            challenge.Name,
            challenge.Digest,
            CreatedAt = challenge.CreatedAt.ToStore(),
            ExpiresAt = challenge.ExpiresAt.ToStore(),
            limit,
        };
        return
        [
            TunnelLock.Take(parameters),
            new Statement(
                "DELETE FROM acme_challenge_holders WHERE challenge_id IN "
                    + $"(SELECT id FROM acme_challenges WHERE {Ended})",
                parameters
            ),
            new Statement($"DELETE FROM acme_challenges WHERE {Ended}", parameters),
            new Statement(
                "INSERT INTO acme_challenges (id, tunnel_id, instance_id, name, digest, created_at_ms, expires_at_ms) "
                    + "SELECT @Id, @TunnelId, @InstanceId, @Name, @Digest, @CreatedAt, @ExpiresAt "
                    + "WHERE (SELECT COUNT(*) FROM acme_challenges WHERE tunnel_id = @TunnelId) < @limit",
                parameters
            )
                .ExpectingOne(TunnelConflict.LimitReached)
                .Unique(TunnelConflict.InUse),
        ];
    }

    /// <summary><see cref="TunnelConflict.Stale"/> when it no longer exists.</summary>
    public IReadOnlyList<Statement> Remove(AcmeChallengeId id) =>
        [
            new Statement("DELETE FROM acme_challenge_holders WHERE challenge_id = @Value", new { id.Value }),
            new Statement("DELETE FROM acme_challenges WHERE id = @Value", new { id.Value }).ExpectingOne(
                TunnelConflict.Stale
            ),
        ];

    /// <summary>Idempotent; <see cref="TunnelConflict.Stale"/> when it no longer exists.</summary>
    public IReadOnlyList<Statement> Acknowledge(AcmeChallengeId id, string holder) =>
        [
            // Locks the challenge's row: two concurrent acknowledgements of one holder count once.
            new Statement("UPDATE acme_challenges SET id = id WHERE id = @Value", new { id.Value }).ExpectingOne(
                TunnelConflict.Stale
            ),
            new Statement(
                "INSERT INTO acme_challenge_holders (challenge_id, holder) SELECT @Value, @holder WHERE NOT EXISTS "
                    + "(SELECT 1 FROM acme_challenge_holders WHERE challenge_id = @Value AND holder = @holder)",
                new { id.Value, holder }
            ),
        ];

    private async ValueTask<IReadOnlyList<AcmeChallenge>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<AcmeChallengeRow>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToChallenge())];
    }
}
