using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// Fills the database of a stopped service: a hundred thousand rules through the API would take longer than all that is
/// measured. Rows are copied from one that the service wrote, whatever columns it has.
/// </summary>
internal sealed class StoreFiller : IDisposable
{
    private const string CopyDigits = "000000";

    private readonly SqliteConnection connection;

    public StoreFiller(string database)
    {
        connection = new SqliteConnection($"Data Source={database};Pooling=False;Default Timeout=0");
        connection.Open();
        // No commit waits for the disk: the last checkpoint flushes everything. A million rows in random order
        // want their index in memory.
        Run("PRAGMA synchronous = OFF");
        Run("PRAGMA cache_size = -400000");
        Run("PRAGMA wal_autocheckpoint = 100000");
    }

    /// <summary>The id of a copy, counted from one.</summary>
    public static string CopyOf(string id, int copy) =>
        id[..^CopyDigits.Length] + copy.ToString(CopyDigits, CultureInfo.InvariantCulture);

    /// <summary>The issuer URL of a copy: of one length for all, so that all requests have one.</summary>
    public static string UrlOfCopy(int copy) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{ExchangeInstallation.Issuer}/{copy.ToString(CopyDigits, CultureInfo.InvariantCulture)}"
        );

    public void CopyRules(string ruleId, int count)
    {
        CopyRule(ruleId, count, []);
    }

    /// <summary>Each issuer with one rule.</summary>
    public void CopyIssuers(string issuerId, string ruleId, int count)
    {
        Copy(
            "federation_issuers",
            "id",
            issuerId,
            count,
            new()
            {
                ["ordinal"] = "t.ordinal + n.i",
                ["name"] = "t.name || '-' || n.i",
                ["issuer_url"] = "t.issuer_url || '/' || printf('%06d', n.i)",
            }
        );
        CopyRule(ruleId, count, new() { ["issuer_id"] = IdOfCopy("issuer_id") });
    }

    /// <summary>
    /// Copies of one that the service issued, older ones, each with an id, a serial number, a key and a time of its own.
    /// </summary>
    public void CopyCertificates(int count, TimeSpan spread)
    {
        var id = (string)Scalar("SELECT id FROM certificates WHERE status = 'issued' ORDER BY ordinal DESC LIMIT 1")!;
        // By so much is each copy older than the one after it: they come in the order of their numbers.
        var age = string.Create(
            CultureInfo.InvariantCulture,
            $"((@count - n.i) * {(long)spread.TotalMilliseconds} / @count)"
        );
        using var indexes = new SuspendedIndexes(connection, "certificates");
        Copy(
            "certificates",
            "id",
            id,
            count,
            new()
            {
                ["id"] = "'cert_01' || lower(hex(randomblob(11)))",
                ["ordinal"] = "t.ordinal + n.i",
                ["serial"] = "'01' || lower(hex(randomblob(17)))",
                ["spki_sha256"] = "lower(hex(randomblob(32)))",
                ["fingerprint"] = "lower(hex(randomblob(32)))",
                ["issued_at_ms"] = $"t.issued_at_ms - {age}",
                ["not_before_ms"] = $"t.not_before_ms - {age}",
                ["not_after_ms"] = $"t.not_after_ms - {age}",
                ["expires_day"] = $"(t.not_after_ms - {age}) / 86400000",
            }
        );
    }

    /// <summary>
    /// More of this node's chain, as if so many of an event had happened in that time, each with a body as large as the one
    /// that is there.
    /// </summary>
    public void CopyEntries(string name, int count, TimeSpan spread)
    {
        var (node, sequence, ordinal, head) = Head();
        var at = (long)Scalar("SELECT MAX(at_ms) FROM journal")! - (long)spread.TotalMilliseconds;
        using var read = connection.CreateCommand();
        read.CommandText =
            "SELECT body, organization_id FROM journal WHERE event = @event ORDER BY ordinal DESC LIMIT 1";
        read.Parameters.AddWithValue("@event", name);
        using var reader = read.ExecuteReader();
        reader.Read();
        var (body, organization) = ((byte[])reader.GetValue(0), reader.GetString(1));
        reader.Close();
        using var indexes = new SuspendedIndexes(connection, "journal");
        using var transaction = connection.BeginTransaction();
        using var insert = Insertion(
            "INSERT INTO journal (node, sequence, ordinal, at_ms, event, organization_id, request_id, salt, body, "
                + "body_digest, hash) VALUES (@node, @sequence, @ordinal, @at, @event, @organization, @request, @salt, "
                + "@body, @digest, @hash)",
            "@node",
            "@event",
            "@organization",
            "@body",
            "@sequence",
            "@ordinal",
            "@at",
            "@request",
            "@salt",
            "@digest",
            "@hash"
        );
        var values = insert.Parameters;
        (values[0].Value, values[1].Value, values[2].Value, values[3].Value) = (node, name, organization, body);
        for (var i = 1; i <= count; i++)
        {
            var salt = RandomNumberGenerator.GetBytes(16);
            var digest = SHA256.HashData([.. salt, .. body]);
            head = SHA256.HashData([.. head, .. digest]);
            values[4].Value = sequence + i;
            values[5].Value = ordinal + i;
            values[6].Value = at + (i * (long)spread.TotalMilliseconds / count);
            values[7].Value = string.Create(CultureInfo.InvariantCulture, $"req_01{i:D22}");
            values[8].Value = salt;
            values[9].Value = digest;
            values[10].Value = head;
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    /// <summary>Entries of this node's chain, each with a key that was used and may be presented for another hour.</summary>
    public void AddReplays(int count, DateTimeOffset now)
    {
        if (count == 0)
        {
            return;
        }

        var (node, sequence, ordinal, head) = Head();
        using var transaction = connection.BeginTransaction();
        using var insert = Insertion(
            "INSERT INTO journal (node, sequence, ordinal, at_ms, event, organization_id, request_id, salt, body, "
                + "body_digest, hash, replay_key, replay_until) VALUES (@node, @sequence, @ordinal, @at, 'bench', NULL, "
                + "NULL, @salt, @body, @digest, @hash, @key, @until)",
            "@node",
            "@sequence",
            "@ordinal",
            "@at",
            "@salt",
            "@body",
            "@digest",
            "@hash",
            "@key",
            "@until"
        );
        var parameters = insert.Parameters;
        parameters[0].Value = node;
        parameters[3].Value = now.ToUnixTimeMilliseconds();
        parameters[9].Value = now.AddHours(1).ToUnixTimeSeconds();
        var body = "{\"event\":\"bench\"}"u8.ToArray();
        for (var i = 1; i <= count; i++)
        {
            var salt = RandomNumberGenerator.GetBytes(16);
            var digest = SHA256.HashData([.. salt, .. body]);
            head = SHA256.HashData([.. head, .. digest]);
            parameters[1].Value = sequence + i;
            parameters[2].Value = ordinal + i;
            parameters[4].Value = salt;
            parameters[5].Value = body;
            parameters[6].Value = digest;
            parameters[7].Value = head;
            parameters[8].Value = RandomNumberGenerator.GetBytes(32);
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        Run("PRAGMA synchronous = FULL");
        Run("PRAGMA wal_checkpoint(TRUNCATE)");
        connection.Dispose();
    }

    private static string IdOfCopy(string column) =>
        $"substr(t.{column}, 1, length(t.{column}) - {CopyDigits.Length}) || printf('%06d', n.i)";

    private void CopyRule(string ruleId, int count, Dictionary<string, string> changes)
    {
        Copy(
            "federation_rules",
            "id",
            ruleId,
            count,
            new(changes) { ["ordinal"] = "t.ordinal + n.i", ["name"] = "t.name || '-' || n.i" }
        );
        Copy("federation_rule_versions", "rule_id", ruleId, count, changes);
        Copy("federation_rule_workspaces", "rule_id", ruleId, count, []);
        Copy("federation_rule_version_workspaces", "rule_id", ruleId, count, []);
    }

    private void Copy(string table, string idColumn, string id, int count, Dictionary<string, string> changes)
    {
        var columns = ColumnsOf(table);
        var values = columns.Select(c => changes.GetValueOrDefault(c, c == idColumn ? IdOfCopy(c) : "t." + c));
        using var command = connection.CreateCommand();
        // Names of the schema and expressions of this class alone.
#pragma warning disable CA2100
        command.CommandText =
            "WITH RECURSIVE n(i) AS (SELECT 1 WHERE @count > 0 UNION ALL SELECT i + 1 FROM n WHERE i < @count) "
            + $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", values)} "
            + $"FROM {table} t, n WHERE t.{idColumn} = @id";
#pragma warning restore CA2100
        command.Parameters.AddWithValue("@count", count);
        command.Parameters.AddWithValue("@id", id);
        command.ExecuteNonQuery();
    }

    private void Run(string sql) => Scalar(sql);

    private object? Scalar(string sql)
    {
        using var command = connection.CreateCommand();
        // Texts of this class alone.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private SqliteCommand Insertion(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        // Texts of this class alone.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            command.Parameters.AddWithValue(name, DBNull.Value);
        }

        return command;
    }

    private List<string> ColumnsOf(string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM pragma_table_info(@table)";
        command.Parameters.AddWithValue("@table", table);
        using var reader = command.ExecuteReader();
        var columns = new List<string>();
        while (reader.Read())
        {
            columns.Add(reader.GetString(0));
        }

        return columns;
    }

    private (string Node, long Sequence, long Ordinal, byte[] Hash) Head()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT node, sequence, ordinal, hash FROM journal ORDER BY ordinal DESC LIMIT 1";
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), (byte[])reader.GetValue(3));
    }
}
