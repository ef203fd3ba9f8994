using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>
/// Finds the entries that the tree lacks: agents' checkpoints by a marker column, and each node's audit entries after the
/// stored position. A chain has no gaps and is read in order, so no entry is missed.
/// </summary>
internal sealed class PendingSource(Database database)
{
    /// <summary>Rows of one kind per batch: few enough not to delay decisions.</summary>
    public const int BatchRows = 1000;

    // Exchanges outnumber everything else and are in the audit chain, so the log does not repeat them. An intent is followed
    // by its certificate.
    private const string Unlogged =
        "'"
        + AuditEvents.FederatedAuthentication
        + "', '"
        + AuditEvents.UnprovenRefusals
        + "', '"
        + AuditEvents.CertificateSigning
        + "'";

    public async ValueTask<PendingEntries?> NextAsync(long size, CancellationToken cancellationToken)
    {
        var entries = new List<LogEntry>();
        var done = new List<Statement>();
        await AddCheckpointsAsync(entries, done, size, cancellationToken);
        foreach (var (node, from, to) in await ChainsAsync(cancellationToken))
        {
            entries.AddRange(await ChainAsync(node, from, to, cancellationToken));
            done.Add(
                new Statement(
                    "INSERT INTO transparency_positions (node, sequence) VALUES (@node, @to) "
                        + "ON CONFLICT (node) DO UPDATE SET sequence = excluded.sequence",
                    new { node, to }
                )
            );
        }

        return done.Count > 0 ? new PendingEntries(entries, done) : null;
    }

    private async ValueTask AddCheckpointsAsync(
        List<LogEntry> entries,
        List<Statement> done,
        long size,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(long Ordinal, byte[] Digest)>(
            "SELECT ordinal, digest FROM agent_checkpoints WHERE entry IS NULL ORDER BY ordinal LIMIT @count",
            new { count = BatchRows },
            cancellationToken
        );
        foreach (var (ordinal, digest) in rows)
        {
            done.Add(
                new Statement(
                    "UPDATE agent_checkpoints SET entry = @number WHERE ordinal = @ordinal",
                    new { number = size + entries.Count, ordinal }
                )
            );
            entries.Add(new LogEntry(LogEntry.AgentCheckpoint, digest));
        }
    }

    // Uses only the primary key (node, sequence), however long the chains are.
    private async ValueTask<IEnumerable<(string Node, long From, long To)>> ChainsAsync(
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Node, long Position, long Newest)>(
            "SELECT n.name, COALESCE((SELECT p.sequence FROM transparency_positions p WHERE p.node = n.name), 0), "
                + "COALESCE((SELECT j.sequence FROM journal j WHERE j.node = n.name ORDER BY j.sequence DESC LIMIT 1), 0) "
                + "FROM nodes n ORDER BY n.name",
            cancellationToken
        );
        return rows.Where(row => row.Newest > row.Position)
            .Select(row => (row.Node, row.Position, Math.Min(row.Newest, row.Position + BatchRows)));
    }

    private async ValueTask<IEnumerable<LogEntry>> ChainAsync(
        string node,
        long from,
        long to,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Event, byte[]? Body, byte[] Digest)>(
            "SELECT event, CASE WHEN event = '"
                + AuditEvents.CertificateSigned
                + "' THEN body END, body_digest FROM journal WHERE node = @node AND sequence > @from AND sequence <= @to "
                + $"AND event NOT IN ({Unlogged}) ORDER BY sequence",
            new
            {
                node,
                from,
                to,
            },
            cancellationToken
        );
        return rows.Select(row => ToEntry(row.Body, row.Digest));
    }

    // A certificate is added by its own digest, which its holder can compute. If retention has already removed the body (a
    // log enabled on an old installation), the audit's digest still identifies it.
    private static LogEntry ToEntry(byte[]? body, byte[] digest) =>
        ReadFingerprint(body) is { } fingerprint
            ? new LogEntry(LogEntry.Certificate, fingerprint)
            : new LogEntry(LogEntry.Audit, digest);

    private static byte[]? ReadFingerprint(byte[]? body)
    {
        if (body is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(body);
        return
            document.RootElement.GetProperty("event_data").TryGetProperty("fingerprint", out var fingerprint)
            && fingerprint.GetString() is { Length: 2 * MerkleHash.Length } text
            ? Convert.FromHexString(text)
            : null;
    }
}
