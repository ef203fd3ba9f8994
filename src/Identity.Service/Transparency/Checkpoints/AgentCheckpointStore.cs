using System.ComponentModel.DataAnnotations.Schema;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>Stores agents' checkpoints of their call records. They are never changed or deleted.</summary>
internal sealed class AgentCheckpointStore(Database database)
{
    private static readonly Columns<Row> Table = new("agent_checkpoints", "c");

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
    )
    {
        var rows = await database.QueryAsync<Row>(
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
        return [.. rows.Select(row => row.ToCheckpoint())];
    }

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

    /// <summary>
    /// Conflict <see cref="TransparencyConflict.Recorded"/>: it is already stored, or the history that it was judged by has
    /// changed.
    /// </summary>
    /// <param name="judgedBy">The history that its alarm is based on.</param>
    public IReadOnlyList<Statement> Add(StoredCheckpoint checkpoint, string organizationId, CheckpointHistory judgedBy)
    {
        var row = Row.Create(checkpoint, organizationId);
        return
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
            ).ExpectingOne(TransparencyConflict.Recorded),
            new(
                "INSERT INTO agent_checkpoint_headers (digest, header) VALUES (@HeaderDigest, @Header) "
                    + "ON CONFLICT (digest) DO NOTHING",
                row
            ),
            Table.Insert(row).Unique(TransparencyConflict.Recorded),
        ];
    }

    private sealed record Row
    {
        public required long Ordinal { get; init; }

        public required string TunnelId { get; init; }

        public required string InstanceId { get; init; }

        public long Sequence { get; init; }

        public required string Head { get; init; }

        public required string OrganizationId { get; init; }

        public long SignedAtMs { get; init; }

        public long ReceivedAtMs { get; init; }

        public string? Alarm { get; init; }

        public required string SignedPart { get; init; }

        public required byte[] HeaderDigest { get; init; }

        public required byte[] Digest { get; init; }

        public long? Entry { get; init; }

        [NotMapped]
        public required string Header { get; init; }

        public static Row Create(StoredCheckpoint checkpoint, string organizationId)
        {
            var dot = checkpoint.Token.IndexOf('.', StringComparison.Ordinal);
            var header = checkpoint.Token[..dot];
            return new()
            {
                Ordinal = checkpoint.Ordinal,
                TunnelId = checkpoint.TunnelId,
                InstanceId = checkpoint.InstanceId,
                Sequence = checkpoint.Sequence,
                Head = checkpoint.Head,
                OrganizationId = organizationId,
                SignedAtMs = checkpoint.SignedAt.ToStore(),
                ReceivedAtMs = checkpoint.ReceivedAt.ToStore(),
                Alarm = checkpoint.Alarm,
                SignedPart = checkpoint.Token[(dot + 1)..],
                HeaderDigest = SHA256.HashData(Encoding.ASCII.GetBytes(header)),
                Digest = SHA256.HashData(Encoding.ASCII.GetBytes(checkpoint.Token)),
                Header = header,
            };
        }

        public StoredCheckpoint ToCheckpoint() =>
            new()
            {
                Ordinal = Ordinal,
                TunnelId = TunnelId,
                InstanceId = InstanceId,
                Sequence = Sequence,
                Head = Head,
                SignedAt = Instants.FromStore(SignedAtMs),
                ReceivedAt = Instants.FromStore(ReceivedAtMs),
                Alarm = Alarm,
                Token = $"{Header}.{SignedPart}",
                Entry = Entry,
            };
    }
}
