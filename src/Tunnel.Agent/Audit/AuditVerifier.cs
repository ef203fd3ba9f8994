using System.Globalization;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// Reads all files of a trail, the oldest first, and reports what was changed after it was written. After each finding
/// it continues with the values that it read, so that one changed line is one finding.
/// </summary>
internal sealed class AuditVerifier(AuditFolder folder)
{
    private const int MaxFindings = 100;
    private const int MaxLineBytes = 4 * 1024 * 1024;

    private readonly List<AuditFinding> findings = [];
    private long records;
    private long first;
    private long last;
    private string hash = AuditLine.Start;
    private bool isTorn;
    private readonly Dictionary<long, string> found = []; // hashes of the records that were noted elsewhere

    /// <param name="anchors">Records and their hashes as they were noted elsewhere: in the log, or by a checkpoint.</param>
    public AuditVerdict Verify(params IReadOnlyList<(long Sequence, string Hash)> anchors)
    {
        var head = AuditHead.Read(folder.Head);
        foreach (var (sequence, _) in anchors)
        {
            found[sequence] = "";
        }

        if (head is not null)
        {
            found[head.Sequence] = "";
        }

        string[] files =
        [
            .. folder.AllClosed().Select(f => f.Path),
            .. File.Exists(folder.Current) ? [folder.Current] : Array.Empty<string>(),
        ];
        foreach (var file in files)
        {
            ReadFile(file, isLast: file == folder.Current);
        }

        CheckEnds(head);
        if (head is not null && IsKept(head.Sequence) && found[head.Sequence] != head.Hash)
        {
            Add("forged", "", 0, Rewritten(head.Sequence));
        }

        foreach (var (sequence, noted) in anchors)
        {
            CheckAnchor(sequence, noted, anchors.Max(a => a.Sequence));
        }

        return new AuditVerdict(records, first, last, hash, isTorn, findings);
    }

    private void CheckEnds(AuditHead? head)
    {
        if (head is null)
        {
            if (records > 0)
            {
                Add("head_missing", folder.Head, 0, "Without it the end of the records cannot be verified.");
            }

            return;
        }

        if (first > head.First || (records == 0 && head.Sequence >= head.First && head.Sequence > 0))
        {
            Add("removed", "", 0, $"Records from {head.First} on should exist; the first record found is {first}.");
        }

        if (head.Sequence > last)
        {
            Add("truncated", "", 0, $"{head.Sequence - last} records after {last} are missing.");
        }
    }

    // Older files that rotation has left behind are not an error as long as a newer one exists.
    private void CheckAnchor(long sequence, string noted, long newest)
    {
        if (sequence > last || (sequence < first && sequence == newest))
        {
            Add("anchor", "", 0, $"Record {sequence} is missing.");
        }
        else if (IsKept(sequence) && found[sequence] != noted)
        {
            Add("anchor", "", 0, Rewritten(sequence));
        }
    }

    private bool IsKept(long sequence) => sequence > 0 && sequence >= first && sequence <= last;

    private static string Rewritten(long sequence) =>
        $"The hash of record {sequence} differs from the noted one: the records up to it may have been rewritten.";

    private void ReadFile(string path, bool isLast)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = new byte[MaxLineBytes];
        var (held, number) = (0, 0);
        while (true)
        {
            var read = stream.Read(buffer, held, buffer.Length - held);
            held += read;
            var rest = buffer.AsSpan(0, held);
            while (rest.IndexOf((byte)'\n') is var end and >= 0)
            {
                ReadLine(path, ++number, rest[..end]);
                rest = rest[(end + 1)..];
            }

            if (read == 0 || rest.Length == buffer.Length)
            {
                if (!rest.IsEmpty)
                {
                    isTorn = isLast && rest.Length < buffer.Length;
                    if (!isTorn)
                    {
                        Add("unreadable", path, number + 1, "The line is not terminated.");
                    }
                }

                return;
            }

            rest.CopyTo(buffer);
            held = rest.Length;
        }
    }

    private void ReadLine(string path, int number, ReadOnlySpan<byte> line)
    {
        records++;
        if (!AuditLine.TryRead(line, out var sequence, out var previous, out var own, out var isIntact))
        {
            Add("unreadable", path, number, "This line is not a record.");
            last++; // the place of the one that stood here
            hash = "";
            return;
        }

        if (first == 0)
        {
            first = sequence;
            if (sequence == 1 && previous != AuditLine.Start)
            {
                Add("forged", path, number, "The first record of all names one before it.");
            }

            (last, hash) = (sequence - 1, previous);
        }

        if (!isIntact)
        {
            Add("edited", path, number, $"Record {sequence} does not match its hash.");
        }
        else if (sequence > last + 1)
        {
            Add(
                "removed",
                path,
                number,
                string.Create(CultureInfo.InvariantCulture, $"Records {last + 1} to {sequence - 1} are missing.")
            );
        }
        else if (sequence <= last)
        {
            Add("reordered", path, number, $"Record {sequence} follows record {last}.");
        }
        else if (hash.Length > 0 && previous != hash)
        {
            Add("forged", path, number, $"Record {sequence} follows another record than the one before it.");
        }

        (last, hash) = (sequence, own);
        if (found.ContainsKey(sequence))
        {
            found[sequence] = own;
        }
    }

    private void Add(string kind, string file, int line, string detail)
    {
        if (findings.Count < MaxFindings)
        {
            findings.Add(new AuditFinding(kind, file, line, detail));
        }
    }
}
