using System.Data.Common;
using System.Globalization;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The write connection and the head of this node's chain. Only the writer's thread uses it. It is discarded after any
/// failure, because the head in memory may then differ from the database.
/// </summary>
internal abstract class JournalSession(DbConnection connection, StoreNode node, Ordinals ordinals) : IDisposable
{
    private const string Rows =
        "SELECT sequence, salt, body, body_digest, hash, replay_key, replay_until, replay_tag, at_ms FROM journal "
        + "WHERE node = @node AND ";

    public ChangeCounters Counters { get; protected set; } = ChangeCounters.Zero;

    protected StoreNode Node { get; } = node;

    protected Ordinals Ordinals { get; } = ordinals;

    /// <summary>The hash of this node's latest entry.</summary>
    protected byte[] Head { get; set; } = JournalChain.Start;

    /// <summary>The number of this node's latest entry; 0 = none.</summary>
    public long Sequence { get; protected set; }

    /// <summary>
    /// Writes a batch in one durable transaction. A refusal or an error of one decision rolls back that decision only and is
    /// recorded in it. An error of the store is thrown; then it is unknown what is durable.
    /// </summary>
    public abstract void Write(IReadOnlyList<PendingDecision> batch, Action<JournalPoint>? probe);

    /// <summary>Makes one durable write to prove that the store works.</summary>
    public abstract void ProveWrite(Action<JournalPoint>? probe);

    /// <summary>
    /// Reads this node's replay keys that may still be presented, latest row first, and verifies its chain on the way.
    /// </summary>
    /// <param name="known">
    /// The latest row that <paramref name="replays"/> already contains, with all rows before it; 0 = none. Only later rows
    /// are read, unless the database has lost that row.
    /// </param>
    public void LoadReplays(ReplaySet replays, DateTimeOffset now, long known = 0)
    {
        var isKnown = known > 0 && known <= Sequence;
        // One more row than needed is read, to verify the link to it.
        using var select = Command(
            Rows
                + (
                    isKnown
                        ? "sequence >= @known"
                        : "sequence >= COALESCE((SELECT sequence FROM journal WHERE node = @node "
                            + "AND at_ms < @oldest ORDER BY sequence DESC LIMIT 1), 0)"
                )
                + " ORDER BY sequence DESC",
            ("@node", Node.Name),
            isKnown ? ("@known", known) : ("@oldest", (now - ReplaySet.Horizon).ToStore())
        );
        using var reader = select.ExecuteReader();
        var oldest = (now - ReplaySet.Horizon).ToStore();
        var seconds = now.ToUnixTimeSeconds();
        (long Sequence, byte[] Hash, byte[] Digest)? later = null;
        while (reader.Read())
        {
            var row = (
                Sequence: reader.GetInt64(0),
                Hash: (byte[])reader.GetValue(4),
                Digest: (byte[])reader.GetValue(3)
            );
            RequireBody(row.Sequence, row.Digest, (byte[])reader.GetValue(1), reader.GetValue(2) as byte[]);
            if (later is { } next)
            {
                RequireLink(row.Sequence, row.Hash, next);
            }

            if (reader.GetInt64(8) < oldest || (isKnown && row.Sequence == known))
            {
                return;
            }

            if (!reader.IsDBNull(5) && reader.GetInt64(6) >= seconds)
            {
                replays.Remember(
                    new ReplayKey((byte[])reader.GetValue(5), DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(6))),
                    new ReplayUse(reader.GetValue(7) as byte[], Instants.FromStore(reader.GetInt64(8)))
                );
            }

            later = row;
        }

        if (later is { } first)
        {
            RequireLink(0, JournalChain.Start, first);
        }
    }

    public abstract void Dispose();

    /// <summary>Reads the chain's head, the latest ordinal and the counters from the database.</summary>
    protected void LoadHead()
    {
        using (
            var select = Command(
                "SELECT sequence, hash FROM journal WHERE node = @node ORDER BY sequence DESC LIMIT 1",
                ("@node", Node.Name)
            )
        )
        using (var reader = select.ExecuteReader())
        {
            if (reader.Read())
            {
                Sequence = reader.GetInt64(0);
                Head = (byte[])reader.GetValue(1);
            }
        }

        using (
            var newest = Command(
                "SELECT MAX(ordinal) FROM (SELECT MAX(ordinal) AS ordinal FROM journal "
                    + "UNION ALL SELECT MAX(ordinal) FROM federation_refusals) AS used"
            )
        )
        {
            if (newest.ExecuteScalar() is long used)
            {
                Ordinals.Above(used);
            }
        }

        Counters = ReadCounters();
    }

    protected ChangeCounters ReadCounters()
    {
        using var select = Command("SELECT topic, counter FROM change_counters");
        using var reader = select.ExecuteReader();
        var rows = new List<(long, long)>();
        while (reader.Read())
        {
            rows.Add((reader.GetInt64(0), reader.GetInt64(1)));
        }

        return ChangeCounters.From(rows);
    }

    protected DbCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static void RequireBody(long sequence, byte[] digest, byte[] salt, byte[]? body)
    {
        // An erased body leaves its digest; a body that exists must match it.
        if (body is not null && !JournalChain.Digest(salt, body).AsSpan().SequenceEqual(digest))
        {
            throw Broken(sequence);
        }
    }

    private static void RequireLink(long sequence, byte[] hash, (long Sequence, byte[] Hash, byte[] Digest) next)
    {
        if (next.Sequence != sequence + 1 || !JournalChain.Next(hash, next.Digest).AsSpan().SequenceEqual(next.Hash))
        {
            throw Broken(next.Sequence);
        }
    }

    private static StoreException Broken(long sequence) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The audit chain is broken at entry {sequence}: the database was changed from outside. Restore a backup."
            )
        );
}
