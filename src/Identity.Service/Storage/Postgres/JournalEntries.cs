using Culvert.Identity.Service.Events;
using Npgsql;
using NpgsqlTypes;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>
/// Writes journal rows: many with one statement over arrays, or one together with its decision's statements. Finds the row
/// that used a replay key.
/// </summary>
internal sealed class JournalEntries : IDisposable
{
    private const string Columns =
        "node, sequence, ordinal, at_ms, event, organization_id, request_id, salt, body, body_digest, hash, replay_key, "
        + "replay_until, replay_tag";

    // In the order of $2 to $14; $1 is the node.
    private static readonly (NpgsqlDbType Type, Func<EntryRow, object?> Value)[] Fields =
    [
        (NpgsqlDbType.Bigint, row => row.Sequence),
        (NpgsqlDbType.Bigint, row => row.Ordinal),
        (NpgsqlDbType.Bigint, row => Event(row).At.ToStore()),
        (NpgsqlDbType.Text, row => Event(row).Name),
        (NpgsqlDbType.Text, row => Event(row).OrganizationId),
        (NpgsqlDbType.Text, row => Event(row).Cause.RequestId),
        (NpgsqlDbType.Bytea, row => row.Pending.Salt),
        (NpgsqlDbType.Bytea, row => row.Pending.Body.ToArray()),
        (NpgsqlDbType.Bytea, row => row.Pending.BodyDigest),
        (NpgsqlDbType.Bytea, row => row.Hash),
        (NpgsqlDbType.Bytea, row => row.ReplayKey),
        (NpgsqlDbType.Bigint, row => row.Pending.Decision.Replay?.UntilUnixSeconds),
        (NpgsqlDbType.Bytea, row => row.Pending.Decision.Replay?.StoredTag),
    ];

    private readonly NpgsqlConnection connection;
    private readonly string node;
    private readonly NpgsqlCommand all;

    public JournalEntries(NpgsqlConnection connection, string node)
    {
        this.connection = connection;
        this.node = node;
        // Replay keys are inserted in their own order, so that two nodes with the same keys wait for each other at most
        // once.
        all = new NpgsqlCommand(
            $"INSERT INTO journal ({Columns}) SELECT $1, e.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
                + "$13, $14) AS e (sequence, ordinal, at_ms, event, organization_id, request_id, salt, body, "
                + "body_digest, hash, replay_key, replay_until, replay_tag) ORDER BY e.replay_key, e.sequence",
            connection
        );
        all.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Text, Value = node });
        foreach (var (type, _) in Fields)
        {
            all.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = DBNull.Value });
        }
    }

    /// <summary>All or none: throws if a replay key was used.</summary>
    public void All(IReadOnlyList<EntryRow> rows)
    {
        for (var i = 0; i < Fields.Length; i++)
        {
            all.Parameters[i + 1].Value = Column(Fields[i], rows);
        }

        all.ExecuteNonQuery();
    }

    /// <summary>Like <see cref="All"/>, together with the decisions' statements.</summary>
    public NpgsqlBatchCommand Many(IReadOnlyList<EntryRow> rows)
    {
        var command = new NpgsqlBatchCommand(all.CommandText);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = node });
        foreach (var field in Fields)
        {
            command.Parameters.Add(
                new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | field.Type, Value = Column(field, rows) }
            );
        }

        return command;
    }

    /// <summary>Inserts nothing if the replay key was used.</summary>
    public NpgsqlBatchCommand One(EntryRow row)
    {
        var command = new NpgsqlBatchCommand(
            $"INSERT INTO journal ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
                + "ON CONFLICT (replay_key) DO NOTHING"
        );
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = node });
        foreach (var (type, value) in Fields)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value(row) ?? DBNull.Value });
        }

        return command;
    }

    /// <summary>The earlier uses of these replay keys; keys without an entry are omitted.</summary>
    public Dictionary<ReplayKey, ReplayUse> FindUses(byte[][] keys)
    {
        using var select = new NpgsqlCommand(
            "SELECT replay_key, replay_tag, at_ms FROM journal WHERE replay_key = ANY($1)",
            connection
        );
        select.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = keys });
        using var reader = select.ExecuteReader();
        var uses = new Dictionary<ReplayKey, ReplayUse>();
        while (reader.Read())
        {
            uses.Add(
                new ReplayKey((byte[])reader.GetValue(0), DateTimeOffset.UnixEpoch),
                new ReplayUse(reader.GetValue(1) as byte[], Instants.FromStore(reader.GetInt64(2)))
            );
        }

        return uses;
    }

    public void Dispose() => all.Dispose();

    private static AuditEvent Event(EntryRow row) => row.Pending.Decision.Event!;

    private static Array Column(
        (NpgsqlDbType Type, Func<EntryRow, object?> Value) field,
        IReadOnlyList<EntryRow> rows
    ) =>
        field.Type switch
        {
            NpgsqlDbType.Bigint => rows.Select(row => (long?)field.Value(row)).ToArray(),
            NpgsqlDbType.Text => rows.Select(row => (string?)field.Value(row)).ToArray(),
            _ => rows.Select(row => (byte[]?)field.Value(row)).ToArray(),
        };
}
