using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Audit;

/// <summary>
/// Recomputes an exported audit chain: entry = H(previous ‖ H(salt ‖ body)), SHA-256, from 32 zero bytes. A separate
/// implementation, so that the service does not verify itself.
/// </summary>
internal static class ChainVerifier
{
    private const int MaxLine = 4 * 1024 * 1024;

    public static IReadOnlyList<ChainReport> Verify(TextReader export, IReadOnlyList<Checkpoint> checkpoints)
    {
        Dictionary<string, (ChainReport Report, byte[] Head)> chains = new(StringComparer.Ordinal);
        var byPlace = checkpoints.ToLookup(checkpoint => (checkpoint.Node, checkpoint.Sequence));
        var line = 0;
        while (export.ReadLine() is { } text)
        {
            line++;
            if (text.Length == 0)
            {
                continue;
            }

            var entry = Parse(text, line);
            var node = Text(entry, "node", line);
            var (report, head) = chains.TryGetValue(node, out var known)
                ? known
                : (new ChainReport(node), new byte[SHA256.HashSizeInBytes]);
            if (
                entry["sequence"]?.GetValueKind() != JsonValueKind.Number
                || (long)entry["sequence"]! != report.Entries + 1
            )
            {
                throw Broken(line, $"entry {report.Entries + 1} of {node} is missing or out of order");
            }

            var digest = Bytes(entry, "body_digest", line);
            if (entry["body"] is not null)
            {
                byte[] salted = [.. Bytes(entry, "salt", line), .. Encoding.UTF8.GetBytes(Text(entry, "body", line))];
                if (!SHA256.HashData(salted).AsSpan().SequenceEqual(digest))
                {
                    throw Broken(line, $"entry {report.Entries + 1} of {node} was changed after it was recorded");
                }

                report.Bodies++;
            }

            head = SHA256.HashData([.. head, .. digest]);
            if (!head.AsSpan().SequenceEqual(Bytes(entry, "hash", line)))
            {
                throw Broken(line, $"the chain of {node} breaks at entry {report.Entries + 1}");
            }

            report.Entries++;
            foreach (var checkpoint in byPlace[(node, report.Entries)])
            {
                if (!checkpoint.Head.AsSpan().SequenceEqual(head))
                {
                    throw Broken(line, $"{checkpoint.Source} vouches for another entry {report.Entries} of {node}");
                }

                report.ProvenUpTo = report.Entries;
                report.Checkpoints++;
            }

            chains[node] = (report, head);
        }

        foreach (var checkpoint in checkpoints)
        {
            if (!chains.TryGetValue(checkpoint.Node, out var chain) || chain.Report.Entries < checkpoint.Sequence)
            {
                throw Broken(
                    line,
                    $"{checkpoint.Source} proves entry {checkpoint.Sequence} of {checkpoint.Node}, which is missing: the export is truncated"
                );
            }
        }

        return [.. chains.Values.Select(chain => chain.Report)];
    }

    private static JsonObject Parse(string text, int line)
    {
        try
        {
            return text.Length <= MaxLine && JsonNode.Parse(text) is JsonObject entry
                ? entry
                : throw Broken(line, "this line is not an audit entry");
        }
        catch (JsonException)
        {
            throw Broken(line, "this line is not an audit entry; is the export truncated?");
        }
    }

    private static string Text(JsonObject entry, string name, int line) =>
        entry[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? (string)value!
            : throw Broken(line, $"{name} is missing");

    private static byte[] Bytes(JsonObject entry, string name, int line)
    {
        try
        {
            return Convert.FromHexString(Text(entry, name, line));
        }
        catch (FormatException)
        {
            throw Broken(line, $"{name} is not hexadecimal");
        }
    }

    private static CommandFailure Broken(int line, string what) =>
        new(ExitCode.CheckFailed, what)
        {
            Where = string.Create(CultureInfo.InvariantCulture, $"line {line}"),
            Next =
                "export again; if the error remains, compare with a backup: the database was changed outside the service",
        };
}
