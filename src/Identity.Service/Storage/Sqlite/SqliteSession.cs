using Microsoft.Data.Sqlite;

namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>
/// One transaction per batch. Decisions are rarely refused, so the batch is first written without savepoints, each of which
/// would copy every page that its decision changes. If one is refused, the batch is rolled back, and each decision with
/// statements is written in its own savepoint.
/// </summary>
internal sealed class SqliteSession : JournalSession
{
    private readonly SqliteConnection connection;
    private readonly PreparedStatements statements;
    private readonly SqliteCommand begin;
    private readonly SqliteCommand commit;
    private readonly SqliteCommand cancel;
    private readonly SqliteCommand raise;
    private readonly SqliteCommand firstUse;
    private readonly PreparedStatement savepoint;
    private readonly PreparedStatement rollback;
    private readonly PreparedStatement release;
    private readonly PreparedStatement insert;
    private ChangeTopics changed;

    public SqliteSession(SqliteConnection connection, StoreNode node, Ordinals ordinals)
        : base(connection, node, ordinals)
    {
        this.connection = connection;
        statements = new PreparedStatements(connection);
        begin = Prepared("BEGIN IMMEDIATE");
        commit = Prepared("COMMIT");
        cancel = Prepared("ROLLBACK");
        raise = Prepared("UPDATE change_counters SET counter = @counter WHERE topic = @topic", "@counter", "@topic");
        firstUse = Prepared("SELECT replay_tag, at_ms FROM journal WHERE replay_key = @replay", "@replay");
        savepoint = new PreparedStatement(connection, "SAVEPOINT decision");
        rollback = new PreparedStatement(connection, "ROLLBACK TO decision");
        release = new PreparedStatement(connection, "RELEASE decision");
        insert = new PreparedStatement(
            connection,
            "INSERT INTO journal (node, sequence, at_ms, event, organization_id, request_id, salt, body, body_digest, "
                + "hash, replay_key, replay_until, replay_tag, ordinal) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (replay_key) DO NOTHING"
        );
        insert.Bind(1, node.Name);
        LoadHead();
    }

    public override void Write(IReadOnlyList<PendingDecision> batch, Action<JournalPoint>? probe)
    {
        var before = (Head, Sequence);
        Begin();
        probe?.Invoke(JournalPoint.Begun);
        if (!batch.All(TryApply))
        {
            cancel.ExecuteNonQuery();
            (Head, Sequence) = before;
            Begin();
            foreach (var pending in batch)
            {
                pending.Reset();
                Apply(pending);
            }
        }

        var raised = Raise();
        probe?.Invoke(JournalPoint.Written);
        commit.ExecuteNonQuery();
        probe?.Invoke(JournalPoint.Committed);
        Counters = raised;
    }

    public override void ProveWrite(Action<JournalPoint>? probe)
    {
        begin.ExecuteNonQuery();
        probe?.Invoke(JournalPoint.Begun);
        using (var prove = Command("UPDATE installation SET proven = proven + 1"))
        {
            prove.ExecuteNonQuery();
        }

        probe?.Invoke(JournalPoint.Written);
        commit.ExecuteNonQuery();
        probe?.Invoke(JournalPoint.Committed);
    }

    public override void Dispose()
    {
        statements.Dispose();
        foreach (var statement in new[] { savepoint, rollback, release, insert })
        {
            statement.Dispose();
        }

        foreach (var command in new[] { begin, commit, cancel, raise, firstUse })
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private void Begin()
    {
        changed = ChangeTopics.None;
        begin.ExecuteNonQuery();
    }

    // False = the decision must be rolled back, including anything already written.
    private bool TryApply(PendingDecision pending)
    {
        var decision = pending.Decision;
        if (!pending.MayBeWritten())
        {
            return true;
        }

        if (!Change(pending) || (!AppendEntry(pending) && decision.Statements.Count > 0))
        {
            return false;
        }

        Note(pending);
        return true;
    }

    private void Apply(PendingDecision pending)
    {
        if (!pending.MayBeWritten())
        {
            return;
        }

        if (pending.Decision.Statements.Count == 0)
        {
            AppendEntry(pending);
        }
        else
        {
            savepoint.Execute();
            var before = (Head, Sequence);
            if (!Change(pending) || !AppendEntry(pending))
            {
                rollback.Execute();
                (Head, Sequence) = before;
            }

            release.Execute();
        }

        Note(pending);
    }

    private void Note(PendingDecision pending)
    {
        if (pending.IsWritten)
        {
            changed |= pending.Decision.Changes;
        }
    }

    // Each topic's counter rises once per batch: a watcher sees the batch's decisions together.
    private ChangeCounters Raise()
    {
        var raised = Counters.Raise(changed);
        foreach (var topic in ChangeCounters.All)
        {
            if (changed.HasFlag(topic))
            {
                raise.Parameters[0].Value = raised[topic];
                raise.Parameters[1].Value = (long)topic;
                raise.ExecuteNonQuery();
            }
        }

        return raised;
    }

    private bool Change(PendingDecision pending)
    {
        foreach (var statement in pending.Decision.Statements)
        {
            int rows;
            try
            {
                rows = statements.Execute(statement);
            }
            catch (SqliteException refused) when (refused.SqliteErrorCode == SqliteErrors.Constraint)
            {
                // An expected constraint is a conflict; an unexpected one is an error of the decision, not of the store.
                pending.RefuseRow(statement, refused);
                return false;
            }
            catch (Exception fault)
                when (fault is SqliteException { SqliteErrorCode: SqliteErrors.Error } or not SqliteException)
            {
                pending.Failure = fault; // wrong SQL or parameters: other decisions are not affected
                return false;
            }

            if (!pending.Accepts(statement, rows))
            {
                return false;
            }
        }

        return true;
    }

    // True if the entry was written or there is none. The head moves only then: a refused replay leaves no gap.
    private bool AppendEntry(PendingDecision pending)
    {
        if (pending.Decision.Event is not { } audit)
        {
            return true;
        }

        var replay = pending.Decision.Replay;
        var hash = JournalChain.Next(Head, pending.BodyDigest);
        var key = replay?.ToStoredArray();
        insert.Bind(2, Sequence + 1);
        insert.Bind(3, audit.At.ToStore());
        insert.Bind(4, audit.Name);
        insert.Bind(5, audit.OrganizationId);
        insert.Bind(6, audit.Cause.RequestId);
        insert.Bind(7, pending.Salt);
        insert.Bind(8, pending.Body.Span);
        insert.Bind(9, pending.BodyDigest);
        insert.Bind(10, hash);
        insert.Bind(11, key);
        insert.Bind(12, replay?.UntilUnixSeconds);
        insert.Bind(13, replay?.StoredTag);
        insert.Bind(14, Ordinals.Next());
        if (insert.Execute() == 0)
        {
            pending.Outcome = CommitOutcome.Replayed;
            pending.Existing = FirstUse(key!);
            return false;
        }

        Sequence++;
        Head = hash;
        pending.Sequence = Sequence;
        return true;
    }

    private ReplayUse? FirstUse(object key)
    {
        firstUse.Parameters[0].Value = key;
        using var reader = firstUse.ExecuteReader();
        return reader.Read()
            ? new ReplayUse(reader.GetValue(0) as byte[], Instants.FromStore(reader.GetInt64(1)))
            : null;
    }

    private SqliteCommand Prepared(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name, Value = DBNull.Value });
        }

        return command;
    }
}
