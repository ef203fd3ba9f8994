using Culvert.Machine.Client.Checkpoints;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Verifies a trail. After a finding it continues with the values read: one changed line, one finding.</summary>
internal sealed class AuditVerifier(AuditFolder folder)
{
    private const int MaxFindings = 100;
    private const int MaxLineBytes = 4 * 1024 * 1024;

    private readonly List<AuditFinding> findings = [];
    private CallRecordChain chain = new([]);
    private bool isTorn;

    /// <param name="anchors">Records and their hashes from elsewhere: from the log, or from a checkpoint.</param>
    public AuditVerdict Verify(params IReadOnlyList<(long Sequence, string Hash)> anchors)
    {
        var head = AuditHead.Read(folder.Head);
        chain = new CallRecordChain([
            .. anchors.Select(anchor => anchor.Sequence),
            .. head is null ? Array.Empty<long>() : [head.Sequence],
        ]);
        foreach (var file in folder.AllFiles())
        {
            ReadFile(file, isLast: file == folder.Current);
        }

        CheckEnds(head);
        if (head is not null && chain.Covers(head.Sequence) && chain.GetHash(head.Sequence) != head.Hash)
        {
            Add("forged", "", 0, Rewritten(head.Sequence));
        }

        foreach (var (sequence, noted) in anchors)
        {
            CheckAnchor(sequence, noted, anchors.Max(a => a.Sequence));
        }

        return new AuditVerdict(chain.Records, chain.First, chain.Last, chain.Head, isTorn, findings);
    }

    private void CheckEnds(AuditHead? head)
    {
        if (head is null)
        {
            if (chain.Records > 0)
            {
                Add("head_missing", folder.Head, 0, "Without it the end of the records cannot be verified.");
            }

            return;
        }

        if (chain.First > head.First || (chain.Records == 0 && head.Sequence >= head.First && head.Sequence > 0))
        {
            Add(
                "removed",
                "",
                0,
                $"Records from {head.First} on should exist; the first record found is {chain.First}."
            );
        }

        if (head.Sequence > chain.Last)
        {
            Add("truncated", "", 0, $"{head.Sequence - chain.Last} records after {chain.Last} are missing.");
        }
    }

    // Rotation may have removed the anchor's file; that is not a finding as long as a newer anchor is in the files.
    private void CheckAnchor(long sequence, string noted, long newest)
    {
        if (sequence > chain.Last || (sequence < chain.First && sequence == newest))
        {
            Add("anchor", "", 0, $"Record {sequence} is missing.");
        }
        else if (chain.Covers(sequence) && chain.GetHash(sequence) != noted)
        {
            Add("anchor", "", 0, Rewritten(sequence));
        }
    }

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
        foreach (var finding in chain.Add(line))
        {
            Add(finding.Kind, path, number, finding.Detail);
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
