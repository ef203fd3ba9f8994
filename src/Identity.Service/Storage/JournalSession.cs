using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The write connection with its prepared statements and the head of the chain. Used by the writer's thread alone;
/// thrown away after any failure, because the head in memory then no longer tells what the database holds.
/// </summary>
internal sealed class JournalSession : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly PreparedStatements statements;
    private readonly SqliteCommand begin;
    private readonly SqliteCommand commit;
    private readonly SqliteCommand savepoint;
    private readonly SqliteCommand rollback;
    private readonly SqliteCommand release;
    private readonly SqliteCommand storeRevision;
    private readonly SqliteCommand insert;
    private byte[] head = JournalChain.Start;
    private long sequence;
    private bool revisionMoved;

    private JournalSession(SqliteConnection connection)
    {
        this.connection = connection;
        statements = new PreparedStatements(connection);
        begin = Command("BEGIN IMMEDIATE");
        commit = Command("COMMIT");
        savepoint = Command("SAVEPOINT decision");
        rollback = Command("ROLLBACK TO decision");
        release = Command("RELEASE decision");
        storeRevision = Command("UPDATE installation SET revision = @revision", "@revision");
        insert = Command(
            "INSERT INTO journal (sequence, at_ms, event, organization_id, request_id, salt, body, body_digest, hash, "
                + "replay_key, replay_until) VALUES (@sequence, @at, @event, @organization, @request, @salt, @body, "
                + "@digest, @hash, @replay, @until) ON CONFLICT (replay_key) DO NOTHING",
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
            "@until"
        );
    }

    public long Revision { get; private set; }

    public static JournalSession Open(Database database)
    {
        var connection = database.OpenWrite();
        try
        {
            var session = new JournalSession(connection);
            session.LoadHead();
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Begin()
    {
        begin.ExecuteNonQuery();
        revisionMoved = false;
    }

    /// <summary>
    /// Writes one decision into the open transaction. A refusal or a fault of this decision undoes it alone; a fault
    /// of the store is thrown and ends the batch.
    /// </summary>
    public void Apply(PendingDecision pending)
    {
        var decision = pending.Decision;
        if (decision.Statements.Count == 0)
        {
            AppendEntry(pending);
        }
        else
        {
            savepoint.ExecuteNonQuery();
            var before = (head, sequence);
            if (!Change(pending) || !AppendEntry(pending))
            {
                rollback.ExecuteNonQuery();
                (head, sequence) = before;
            }

            release.ExecuteNonQuery();
        }

        if (decision.BumpsFeed && pending is { Outcome: CommitOutcome.Committed, Fault: null } && !revisionMoved)
        {
            // One step for the whole batch: a feed shows them together.
            revisionMoved = true;
            Revision++;
        }
    }

    public void StoreRevision()
    {
        if (revisionMoved)
        {
            storeRevision.Parameters[0].Value = Revision;
            storeRevision.ExecuteNonQuery();
        }
    }

    public void Commit() => commit.ExecuteNonQuery();

    /// <summary>One durable write of its own.</summary>
    public void ProveWrite(Action<JournalPoint>? probe)
    {
        Begin();
        probe?.Invoke(JournalPoint.Begun);
        using (var prove = Command("UPDATE installation SET proven = proven + 1"))
        {
            prove.ExecuteNonQuery();
        }

        probe?.Invoke(JournalPoint.Written);
        Commit();
        probe?.Invoke(JournalPoint.Committed);
    }

    /// <summary>
    /// Reads back the keys that may still be presented, newest row first, and checks the chain on the way.
    /// </summary>
    public void LoadReplays(ReplaySet replays, DateTimeOffset now)
    {
        using var select = Command(
            "SELECT sequence, at_ms, salt, body, body_digest, hash, replay_key, replay_until FROM journal "
                + "ORDER BY sequence DESC"
        );
        using var reader = select.ExecuteReader();
        var oldest = (now - ReplaySet.Horizon).ToStore();
        var seconds = now.ToUnixTimeSeconds();
        (long Sequence, byte[] Hash, byte[] Digest)? later = null;
        while (reader.Read())
        {
            var row = (
                Sequence: reader.GetInt64(0),
                Hash: (byte[])reader.GetValue(5),
                Digest: (byte[])reader.GetValue(4)
            );
            RequireBody(row.Sequence, row.Digest, (byte[])reader.GetValue(2), reader.GetValue(3) as byte[]);
            if (later is { } next)
            {
                RequireLink(row.Sequence, row.Hash, next);
            }

            if (reader.GetInt64(1) < oldest)
            {
                return;
            }

            if (!reader.IsDBNull(6) && reader.GetInt64(7) >= seconds)
            {
                replays.TryAdd(
                    new ReplayKey((byte[])reader.GetValue(6), DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(7)))
                );
            }

            later = row;
        }

        if (later is { } first)
        {
            RequireLink(0, JournalChain.Start, first);
        }
    }

    public void Dispose()
    {
        statements.Dispose();
        foreach (var command in new[] { begin, commit, savepoint, rollback, release, storeRevision, insert })
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private void LoadHead()
    {
        using var select = Command("SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1");
        using var reader = select.ExecuteReader();
        if (reader.Read())
        {
            sequence = reader.GetInt64(0);
            head = (byte[])reader.GetValue(1);
        }

        using var installation = Command("SELECT revision FROM installation");
        Revision = installation.ExecuteScalar() is long stored ? stored : 0;
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
                Refuse(pending, statement.OnConstraint, refused);
                return false;
            }
            catch (Exception fault)
                when (fault is SqliteException { SqliteErrorCode: SqliteErrors.Error } or not SqliteException)
            {
                pending.Fault = fault; // wrong SQL or parameters: never the neighbours' business
                return false;
            }

            if (statement.ExpectedRows is { } expected && rows != expected)
            {
                Refuse(
                    pending,
                    statement.OnMismatch,
                    new InvalidOperationException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{rows} rows instead of {expected}: {statement.Sql}"
                        )
                    )
                );
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

        var hash = JournalChain.Next(head, pending.BodyDigest);
        var values = insert.Parameters;
        values[0].Value = sequence + 1;
        values[1].Value = audit.At.ToStore();
        values[2].Value = audit.Name;
        values[3].Value = (object?)audit.OrganizationId ?? DBNull.Value;
        values[4].Value = (object?)audit.RequestId ?? DBNull.Value;
        values[5].Value = pending.Salt;
        values[6].Value = pending.Body;
        values[7].Value = pending.BodyDigest;
        values[8].Value = hash;
        values[9].Value = (object?)pending.Decision.Replay?.ToArray() ?? DBNull.Value;
        values[10].Value = (object?)pending.Decision.Replay?.UntilUnixSeconds ?? DBNull.Value;
        if (insert.ExecuteNonQuery() == 0)
        {
            pending.Outcome = CommitOutcome.Replayed;
            return false;
        }

        sequence++;
        head = hash;
        pending.Sequence = sequence;
        return true;
    }

    private static void Refuse(PendingDecision pending, Enum? conflict, Exception undeclared)
    {
        if (conflict is null)
        {
            pending.Fault = undeclared;
            return;
        }

        pending.Outcome = CommitOutcome.Conflict;
        pending.Conflict = conflict;
    }

    private static void RequireBody(long sequence, byte[] digest, byte[] salt, byte[]? body)
    {
        // A dropped body leaves its digest; a present one must match it.
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

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
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
