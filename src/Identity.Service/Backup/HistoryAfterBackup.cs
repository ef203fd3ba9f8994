using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// The events since a backup, from audit exports. An export is accepted only if it continues the backup's chains: those of
/// another installation, or changed ones, are refused.
/// </summary>
internal sealed class HistoryAfterBackup
{
    private readonly Dictionary<string, BackupChain> chains;
    private readonly Dictionary<(string Node, long Sequence), EventAfterBackup?> entries = [];
    private readonly Dictionary<string, BackupChain> ends = [];

    private HistoryAfterBackup(IReadOnlyList<BackupChain> chains) =>
        this.chains = chains.ToDictionary(chain => chain.Node, StringComparer.Ordinal);

    /// <summary>In time order.</summary>
    public IReadOnlyList<EventAfterBackup> Events =>
        [.. entries.Values.OfType<EventAfterBackup>().OrderBy(later => later.At)];

    public int Unreadable => entries.Values.Count(entry => entry is null);

    /// <summary>How far the exports reach, per node.</summary>
    public IReadOnlyCollection<BackupChain> Ends => ends.Values;

    public static HistoryAfterBackup Read(IReadOnlyList<BackupChain> chains, IEnumerable<string> files)
    {
        var history = new HistoryAfterBackup(chains);
        foreach (var file in files)
        {
            history.Add(file);
        }

        return history;
    }

    private void Add(string file)
    {
        Dictionary<string, (long Sequence, byte[] Head)> heads = [];
        var number = 0;
        foreach (var line in Lines(file))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line);
                var entry = document.RootElement;
                var node = entry.GetProperty("node").GetString()!;
                var (sequence, head) = heads.GetValueOrDefault(node, (0, JournalChain.Start));
                head = Check(entry, sequence, head);
                heads[node] = (sequence + 1, head);
                Add(node, sequence + 1, head, entry);
            }
            catch (Exception e)
                when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new BackupException(
                    $"{file}, line {number}: {e.Message} The file is not a complete audit export.",
                    e
                );
            }
        }

        foreach (var (node, chain) in chains)
        {
            if (!heads.TryGetValue(node, out var reached) || reached.Sequence < chain.Sequence)
            {
                throw new BackupException(
                    $"{file} is older than the backup: node {node} only reaches entry {chain.Sequence}. Export again later."
                );
            }
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        try
        {
            return File.ReadLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{file} cannot be read: {e.Message}", e);
        }
    }

    // The chain as S30 defines it, from its first entry.
    private static byte[] Check(JsonElement entry, long before, byte[] head)
    {
        var digest = Convert.FromHexString(entry.GetProperty("body_digest").GetString()!);
        if (entry.TryGetProperty("body", out var body))
        {
            var salt = Convert.FromHexString(entry.GetProperty("salt").GetString()!);
            if (!JournalChain.Digest(salt, Encoding.UTF8.GetBytes(body.GetString()!)).AsSpan().SequenceEqual(digest))
            {
                throw new FormatException("The entry was changed after it was recorded.");
            }
        }

        var next = JournalChain.Next(head, digest);
        return
            entry.GetProperty("sequence").GetInt64() == before + 1
            && CryptographicOperations.FixedTimeEquals(
                next,
                Convert.FromHexString(entry.GetProperty("hash").GetString()!)
            )
            ? next
            : throw new FormatException("The chain breaks.");
    }

    private void Add(string node, long sequence, byte[] head, JsonElement entry)
    {
        var hash = Convert.ToHexStringLower(head);
        if (chains.TryGetValue(node, out var saved) && sequence <= saved.Sequence)
        {
            if (sequence == saved.Sequence && hash != saved.Head)
            {
                throw new BackupException(
                    $"The export and the backup contain different histories of node {node}: they are from different installations, "
                        + "or one of them was changed."
                );
            }

            return;
        }

        if (!ends.TryGetValue(node, out var end) || end.Sequence < sequence)
        {
            ends[node] = new BackupChain(node, sequence, hash);
        }

        // One organization's export may lack what another's contains.
        var read = entry.TryGetProperty("body", out var body) ? ReadEvent(body.GetString()!) : null;
        entries[(node, sequence)] = read ?? entries.GetValueOrDefault((node, sequence));
    }

    private static EventAfterBackup ReadEvent(string body)
    {
        using var document = JsonDocument.Parse(body);
        var entry = document.RootElement;
        return new EventAfterBackup(
            entry.GetProperty("event").GetString()!,
            entry.GetProperty("at").GetDateTimeOffset(),
            [
                .. entry
                    .GetProperty("resources")
                    .EnumerateArray()
                    .Select(one => (one.GetProperty("type").GetString()!, one.GetProperty("id").GetString()!)),
            ],
            entry.GetProperty("event_data").Clone()
        );
    }
}
