using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>Stores agents' checkpoints of their call records. They are never changed or deleted.</summary>
internal sealed class AgentCheckpointStore(Database database)
{
    private static readonly Columns<StoredCheckpoint> Table = new("agent_checkpoints", "c");

    private static readonly string Select =
        $"SELECT {Table.Names}, h.header FROM agent_checkpoints c "
        + "JOIN agent_checkpoint_headers h ON h.digest = c.header_digest ";

    /// <summary>An agent's checkpoints, newest first; none for an agent of another organization.</summary>
    public async ValueTask<IReadOnlyList<StoredCheckpoint>> ListAsync(
        string organizationId,
        string tunnelId,
        string? instanceId,
        long before,
        int count,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<StoredCheckpoint>(
            Select
                + "WHERE c.tunnel_id = @tunnelId AND c.organization_id = @organizationId AND c.ordinal < @before "
                + "AND (@instanceId = '' OR c.instance_id = @instanceId) ORDER BY c.ordinal DESC LIMIT @count",
            new
            {
                organizationId,
                tunnelId,
                instanceId = instanceId ?? "",
                before,
                count,
            },
            cancellationToken
        );

    public async ValueTask<CheckpointHistory> HistoryAsync(
        string tunnelId,
        string instanceId,
        long sequence,
        CancellationToken cancellationToken
    )
    {
        var agent = new
        {
            tunnelId,
            instanceId,
            sequence,
        };
        var highest = await database.QueryAsync<(long Sequence, long SignedAt)>(
            "SELECT sequence, signed_at_ms FROM agent_checkpoints WHERE tunnel_id = @tunnelId "
                + "AND instance_id = @instanceId AND alarm IS NULL ORDER BY sequence DESC LIMIT 1",
            agent,
            cancellationToken
        );
        var latest = await database.QueryAsync<(long ReceivedAt, string? Alarm)>(
            "SELECT received_at_ms, alarm FROM agent_checkpoints WHERE tunnel_id = @tunnelId "
                + "AND instance_id = @instanceId ORDER BY ordinal DESC LIMIT 1",
            agent,
            cancellationToken
        );
        var heads = await database.QueryAsync<string>(
            "SELECT head FROM agent_checkpoints WHERE tunnel_id = @tunnelId AND instance_id = @instanceId "
                + "AND sequence = @sequence",
            agent,
            cancellationToken
        );
        return new CheckpointHistory(
            highest.Select(row => row.Sequence).FirstOrDefault(),
            Instants.FromStore(highest.Select(row => row.SignedAt).FirstOrDefault()),
            latest.Count > 0 ? Instants.FromStore(latest[0].ReceivedAt) : null,
            latest.Select(row => row.Alarm).FirstOrDefault(),
            heads
        );
    }

    /// <summary>Stale if it is already stored, or the history that it was judged by has changed.</summary>
    /// <param name="judgedBy">The history that its alarm is based on.</param>
    public IReadOnlyList<Statement> Add(StoredCheckpoint checkpoint, CheckpointHistory judgedBy) =>
        [
            // Only one writer runs this: the counts still hold when the row is written.
            new Statement(
                "SELECT 1 FROM transparency_tree WHERE NOT EXISTS (SELECT 1 FROM agent_checkpoints WHERE "
                    + "tunnel_id = @TunnelId AND instance_id = @InstanceId AND sequence > @highest AND alarm IS NULL) "
                    + "AND (SELECT COUNT(*) FROM agent_checkpoints WHERE tunnel_id = @TunnelId "
                    + "AND instance_id = @InstanceId AND sequence = @Sequence) = @same",
                new
                {
                    checkpoint.TunnelId,
                    checkpoint.InstanceId,
                    checkpoint.Sequence,
                    highest = judgedBy.Highest,
                    same = (long)judgedBy.Heads.Count,
                }
            ).ExpectingOne(),
            new(
                "INSERT INTO agent_checkpoint_headers (digest, header) VALUES (@HeaderDigest, @Header) "
                    + "ON CONFLICT (digest) DO NOTHING",
                checkpoint
            ),
            Table.Insert(checkpoint).Unique(),
        ];
}
