using Microsoft.Data.Sqlite;

namespace Culvert.Identity.Service.Storage.Sqlite;

/// <summary>One transaction per batch; a decision with statements in a savepoint of its own.</summary>
internal sealed class SqliteSession : JournalSession
{
    private readonly SqliteConnection connection;
    private readonly PreparedStatements statements;
    private readonly SqliteCommand begin;
    private readonly SqliteCommand commit;
    private readonly SqliteCommand savepoint;
    private readonly SqliteCommand rollback;
    private readonly SqliteCommand release;
    private readonly SqliteCommand raise;
    private readonly SqliteCommand insert;
    private readonly SqliteCommand firstUse;
    private ChangeTopics changed;

    public SqliteSession(SqliteConnection connection, StoreNode node, Ordinals ordinals)
        : base(connection, node, ordinals)
    {
        this.connection = connection;
        statements = new PreparedStatements(connection);
        begin = Prepared("BEGIN IMMEDIATE");
        commit = Prepared("COMMIT");
        savepoint = Prepared("SAVEPOINT decision");
        rollback = Prepared("ROLLBACK TO decision");
        release = Prepared("RELEASE decision");
        raise = Prepared("UPDATE change_counters SET counter = @counter WHERE topic = @topic", "@counter", "@topic");
        firstUse = Prepared("SELECT replay_tag, at_ms FROM journal WHERE replay_key = @replay", "@replay");
        insert = Prepared(
            "INSERT INTO journal (sequence, at_ms, event, organization_id, request_id, salt, body, body_digest, hash, "
                + "replay_key, replay_until, replay_tag, ordinal, node) VALUES (@sequence, @at, @event, @organization, "
                + "@request, @salt, @body, @digest, @hash, @replay, @until, @tag, @ordinal, @node) "
                + "ON CONFLICT (replay_key) DO NOTHING",
            "@sequence",
            "@at",
            "@event",
            "@organization",
            "@request",
            "@salt",
            "@body",
            "@digest",
            "@hash",
            "@replay",
            "@until",
            "@tag",
            "@ordinal",
            "@node"
        );
        insert.Parameters[13].Value = node.Name;
        LoadHead();
    }

    public override void Write(IReadOnlyList<PendingDecision> batch, Action<JournalPoint>? probe)
    {
        changed = ChangeTopics.None;
        begin.ExecuteNonQuery();
        probe?.Invoke(JournalPoint.Begun);
        foreach (var pending in batch)
        {
            Apply(pending);
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
        foreach (var command in new[] { begin, commit, savepoint, rollback, release, raise, insert, firstUse })
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private void Apply(PendingDecision pending)
    {
        var decision = pending.Decision;
        if (decision.Statements.Count == 0)
        {
            AppendEntry(pending);
        }
        else
        {
            savepoint.ExecuteNonQuery();
            var before = (Head, Sequence);
            if (!Change(pending) || !AppendEntry(pending))
            {
                rollback.ExecuteNonQuery();
                (Head, Sequence) = before;
            }

            release.ExecuteNonQuery();
        }

        if (pending.IsWritten)
        {
            changed |= decision.Changes;
        }
    }

    // One step per topic for the whole batch: whoever watches sees its decisions together.
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
                // An expected constraint is a conflict; an unexpected one is a fault of the decision, not of the store.
                pending.Refuse(statement.OnConstraint, refused);
                return false;
            }
            catch (Exception fault)
                when (fault is SqliteException { SqliteErrorCode: SqliteErrors.Error } or not SqliteException)
            {
                pending.Fault = fault; // wrong SQL or parameters: never the neighbours' business
                return false;
            }

            if (!pending.Accepts(statement, rows))
            {
                return false;
            }
        }

        return true;
    }

    // True when the entry is in (or none was wanted). The head moves only then: a refused replay leaves no hole.
    private bool AppendEntry(PendingDecision pending)
    {
        if (pending.Decision.Event is not { } audit)
        {
            return true;
        }

        var replay = pending.Decision.Replay;
        var hash = JournalChain.Next(Head, pending.BodyDigest);
        var values = insert.Parameters;
        values[0].Value = Sequence + 1;
        values[1].Value = audit.At.ToStore();
        values[2].Value = audit.Name;
        values[3].Value = (object?)audit.OrganizationId ?? DBNull.Value;
        values[4].Value = (object?)audit.RequestId ?? DBNull.Value;
        values[5].Value = pending.Salt;
        values[6].Value = pending.Body;
        values[7].Value = pending.BodyDigest;
        values[8].Value = hash;
        values[9].Value = (object?)replay?.ToArray() ?? DBNull.Value;
        values[10].Value = (object?)replay?.UntilUnixSeconds ?? DBNull.Value;
        values[11].Value = (object?)replay?.StoredTag ?? DBNull.Value;
        values[12].Value = Ordinals.Next();
        if (insert.ExecuteNonQuery() == 0)
        {
            pending.Outcome = CommitOutcome.Replayed;
            pending.Existing = FirstUse(values[9].Value!);
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
