using System.Data;
using Npgsql;
using NpgsqlTypes;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>
/// The writer of one node. A batch of audit entries only is one statement, which is its own transaction. A batch with
/// changes is a transaction under the installation's writer lock, so that statements may count and number rows as if there
/// were only one writer.
/// </summary>
/// <remarks>
/// The connection holds the lock on the node's name: a node that lost the connection cannot continue its chain, and a new
/// session waits for the old one to close, so the head that it reads is final.
/// </remarks>
internal sealed class PostgresSession : JournalSession
{
    // A batch that deadlocks with another node's is rolled back and written again.
    private const int Attempts = 5;

    private readonly NpgsqlConnection connection;
    private readonly PostgresDatabase database;
    private readonly JournalEntries entries;
    private readonly long writerLock;
    private ChangeTopics changed;
    private bool hasSavepoint;

    public PostgresSession(NpgsqlConnection connection, PostgresDatabase database, StoreNode node, Ordinals ordinals)
        : base(connection, node, ordinals)
    {
        this.connection = connection;
        this.database = database;
        writerLock = database.LockKey("writer");
        entries = new JournalEntries(connection, node.Name);
        AcquireName();
        LoadHead();
    }

    public override void Write(IReadOnlyList<PendingDecision> batch, Action<JournalPoint>? probe)
    {
        var mere = batch.All(pending =>
            pending
                is { Preceding: null, Decision: { Statements.Count: 0, Changes: ChangeTopics.None, Event: not null } }
        );
        var before = (Head, Sequence);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (mere)
                {
                    WriteEntries(batch, probe);
                }
                else
                {
                    WriteChanges(batch, probe);
                }

                return;
            }
            catch (PostgresException undone) when (undone.IsLockConflict() && attempt < Attempts)
            {
                if (!mere)
                {
                    Execute("ROLLBACK");
                }

                (Head, Sequence) = before;
                foreach (var pending in batch)
                {
                    pending.Reset();
                }
            }
        }
    }

    public override void ProveWrite(Action<JournalPoint>? probe)
    {
        probe?.Invoke(JournalPoint.Begun);
        Execute("BEGIN");
        Execute("UPDATE installation SET proven = proven + 1");
        probe?.Invoke(JournalPoint.Written);
        Execute("COMMIT");
        probe?.Invoke(JournalPoint.Committed);
    }

    public override void Dispose()
    {
        entries.Dispose();
        connection.Dispose();
    }

    // One process per name, for the lifetime of this connection. An earlier connection of this node may take a moment to
    // close.
    private void AcquireName()
    {
        try
        {
            Execute("SET lock_timeout = '5s'");
            using var take = Command("SELECT pg_advisory_lock(@key)", ("@key", database.LockKey($"node {Node.Name}")));
            take.ExecuteNonQuery();
            Execute("SET lock_timeout = 0");
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new StoreException(
                $"Another process runs as node {Node.Name} on this database: give each its own node.name.",
                taken
            );
        }
    }

    private void WriteEntries(IReadOnlyList<PendingDecision> batch, Action<JournalPoint>? probe)
    {
        probe?.Invoke(JournalPoint.Begun);
        // The statement is its own transaction: any error occurs before its end.
        probe?.Invoke(JournalPoint.Written);
        foreach (var part in ReplayDuplicates.Split(batch))
        {
            Append(part, inTransaction: false);
        }

        probe?.Invoke(JournalPoint.Committed);
    }

    private void WriteChanges(IReadOnlyList<PendingDecision> batch, Action<JournalPoint>? probe)
    {
        changed = ChangeTopics.None;
        hasSavepoint = false;
        probe?.Invoke(JournalPoint.Begun);
        // A decision and its preceding one keep their order, with or without statements.
        var changes = batch.Where(IsApplied).ToList();
        var plain = batch.Where(pending => !IsApplied(pending) && pending.Decision.Event is not null).ToList();
        if (!TryApplyTogether(changes, plain))
        {
            foreach (var pending in changes)
            {
                Apply(pending);
            }

            foreach (var part in ReplayDuplicates.Split(plain))
            {
                Append(part, inTransaction: true);
            }
        }

        foreach (var pending in batch.Where(pending => pending.IsWritten))
        {
            changed |= pending.Decision.Changes;
        }

        var raised = Raise();
        probe?.Invoke(JournalPoint.Written);
        Execute("COMMIT");
        probe?.Invoke(JournalPoint.Committed);
        Counters = raised;
    }

    private static bool IsApplied(PendingDecision pending) =>
        pending.Decision.Statements.Count > 0 || pending.HasFollower || pending.Preceding is not null;

    // Begins the transaction; all its statements see what the last holder of the lock committed (READ COMMITTED).
    private NpgsqlBatch Begin()
    {
        var begin = new NpgsqlBatch(connection);
        begin.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        var take = new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock($1)");
        take.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bigint, Value = writerLock });
        begin.BatchCommands.Add(take);
        return begin;
    }

    // Runs the transaction with all decisions in one round trip, assuming that none is refused, which is nearly always true.
    // False = one was refused: nothing is written, and each decision must run separately.
    private bool TryApplyTogether(List<PendingDecision> changes, List<PendingDecision> plain)
    {
        using var batch = Begin();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SAVEPOINT together"));
        var expected = new List<(NpgsqlBatchCommand Command, int Rows)>();
        try
        {
            foreach (
                var (command, rows) in changes.SelectMany(p => StatementBinder.BindTogether(p.Decision.Statements))
            )
            {
                batch.BatchCommands.Add(command);
                if (rows is { } count)
                {
                    expected.Add((command, count));
                }
            }
        }
        catch (ArgumentException)
        {
            // Wrong parameters: reported to the decision that has them.
            using var begin = Begin();
            begin.ExecuteNonQuery();
            return false;
        }

        var written = new List<EntryRow>(changes.Count + plain.Count);
        foreach (var pending in changes.Concat(plain).Where(pending => pending.Decision.Event is not null))
        {
            var (head, sequence) = written.Count == 0 ? (Head, Sequence) : (written[^1].Hash, written[^1].Sequence);
            written.Add(Next(pending, head, sequence));
        }

        if (written.Count > 0)
        {
            batch.BatchCommands.Add(entries.Many(written));
        }

        try
        {
            batch.ExecuteNonQuery();
        }
        catch (PostgresException refused) when (refused.IsOfConstraint() is not null)
        {
            Execute("ROLLBACK TO together");
            return false;
        }

        if (expected.Exists(one => CountRows(one.Command) != one.Rows))
        {
            Execute("ROLLBACK TO together");
            return false;
        }

        foreach (var row in written)
        {
            Advance(row);
        }

        return true;
    }

    // Runs one decision in its own savepoint, in one round trip.
    private void Apply(PendingDecision pending)
    {
        if (!pending.MayBeWritten())
        {
            return;
        }

        using var batch = new NpgsqlBatch(connection);
        var statements = pending.Decision.Statements;
        if (hasSavepoint)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("RELEASE decision"));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand("SAVEPOINT decision"));
        var first = batch.BatchCommands.Count;
        try
        {
            foreach (var statement in statements)
            {
                batch.BatchCommands.Add(StatementBinder.Bind(statement));
            }
        }
        catch (Exception fault)
        {
            pending.Failure = fault; // wrong parameters: other decisions are not affected
            return;
        }

        EntryRow? entry = null;
        if (pending.Decision.Event is not null)
        {
            entry = Next(pending, Head, Sequence);
            batch.BatchCommands.Add(entries.One(entry.Value));
        }

        hasSavepoint = true;
        try
        {
            batch.ExecuteNonQuery();
        }
        catch (PostgresException refused) when (refused.IsOfConstraint() is { } isConstraint)
        {
            var index = batch.BatchCommands.IndexOf((NpgsqlBatchCommand)refused.BatchCommand!) - first;
            if (index < 0 || index >= statements.Count)
            {
                throw; // our own entry: the chain has another writer
            }

            Execute("ROLLBACK TO decision");
            if (Mismatch(pending, batch, first, index))
            {
                return; // an earlier statement did not match
            }

            if (isConstraint)
            {
                pending.RefuseRow(statements[index], refused);
            }
            else
            {
                pending.Failure = refused;
            }

            return;
        }

        if (Mismatch(pending, batch, first, statements.Count))
        {
            Execute("ROLLBACK TO decision");
            return;
        }

        if (entry is not { } row)
        {
            return;
        }

        if (batch.BatchCommands[^1].RecordsAffected == 0)
        {
            Execute("ROLLBACK TO decision");
            pending.Outcome = CommitOutcome.Replayed;
            pending.Existing = entries.FindUses([row.ReplayKey!]).Values.FirstOrDefault();
            return;
        }

        Advance(row);
    }

    // Finds the first of these statements that affected an unexpected number of rows.
    private static bool Mismatch(PendingDecision pending, NpgsqlBatch batch, int first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!pending.Accepts(pending.Decision.Statements[i], CountRows(batch.BatchCommands[first + i])))
            {
                return true;
            }
        }

        return false;
    }

    // Changed, or found by a SELECT.
    private static int CountRows(NpgsqlBatchCommand command) => checked((int)command.Rows);

    // A unique violation undoes all entries: the used keys are looked up, and the rest is chained again and written.
    private void Append(IReadOnlyList<PendingDecision> wanted, bool inTransaction)
    {
        while (wanted.Count > 0)
        {
            var rows = new List<EntryRow>(wanted.Count);
            foreach (var pending in wanted)
            {
                var (head, sequence) = rows.Count == 0 ? (Head, Sequence) : (rows[^1].Hash, rows[^1].Sequence);
                rows.Add(Next(pending, head, sequence));
            }

            try
            {
                if (inTransaction)
                {
                    Execute("SAVEPOINT entries");
                }

                entries.All(rows);
                foreach (var row in rows)
                {
                    Advance(row);
                }

                return;
            }
            catch (PostgresException used) when (used.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                if (inTransaction)
                {
                    Execute("ROLLBACK TO entries");
                }

                var uses = entries.FindUses([
                    .. rows.Where(row => row.ReplayKey is not null).Select(row => row.ReplayKey!),
                ]);
                if (uses.Count == 0)
                {
                    throw; // not a replay: the chain has another writer
                }

                var fresh = new List<PendingDecision>(wanted.Count);
                foreach (var pending in wanted)
                {
                    if (pending.Decision.Replay is { } key && uses.TryGetValue(key, out var use))
                    {
                        pending.Outcome = CommitOutcome.Replayed;
                        pending.Existing = use;
                    }
                    else
                    {
                        fresh.Add(pending);
                    }
                }

                wanted = fresh;
            }
        }
    }

    private EntryRow Next(PendingDecision pending, byte[] head, long sequence) =>
        new(pending, sequence + 1, Ordinals.Next(), JournalChain.Next(head, pending.BodyDigest));

    private void Advance(EntryRow row)
    {
        Head = row.Hash;
        Sequence = row.Sequence;
        row.Pending.Sequence = row.Sequence;
    }

    // The counters after this transaction, including other nodes' steps; listening nodes are notified at COMMIT.
    private ChangeCounters Raise()
    {
        if (changed == ChangeTopics.None)
        {
            return Counters;
        }

        using (
            var raise = Command(
                "UPDATE change_counters SET counter = counter + 1 WHERE (topic & @changed) <> 0",
                ("@changed", (long)changed)
            )
        )
        {
            raise.ExecuteNonQuery();
        }

        using (var notify = Command("SELECT pg_notify(@channel, '')", ("@channel", database.Channel)))
        {
            notify.ExecuteNonQuery();
        }

        return ReadCounters();
    }

    private void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandType = CommandType.Text;
        command.ExecuteNonQuery();
    }
}
