using System.Globalization;

namespace Culvert.Machine.Client.Checkpoints;

/// <summary>
/// Reads an agent's call record line by line. It continues from the line of a finding, so that one changed line gives
/// one finding.
/// </summary>
/// <param name="noted">Numbers of the records whose hash is needed at the end.</param>
public sealed class CallRecordChain(IEnumerable<long> noted)
{
    private readonly Dictionary<long, string> found = noted.Distinct().ToDictionary(sequence => sequence, _ => "");

    public long Records { get; private set; }

    /// <summary>The first record's number; 0 = none.</summary>
    public long First { get; private set; }

    /// <summary>The last record's number; 0 = none.</summary>
    public long Last { get; private set; }

    public string Head { get; private set; } = CallRecordLine.Start;

    public bool Covers(long sequence) => sequence > 0 && sequence >= First && sequence <= Last;

    /// <summary>The hash of a noted record; empty when it was not found.</summary>
    public string GetHash(long sequence) => found.GetValueOrDefault(sequence, "");

    /// <summary>Checks the next line, without its line break.</summary>
    public IEnumerable<CallRecordFinding> Add(ReadOnlySpan<byte> line)
    {
        Records++;
        if (CallRecordLine.Read(line) is not { } record)
        {
            Last++; // counts the removed record
            Head = "";
            return [new CallRecordFinding("unreadable", "This line is not a record.")];
        }

        List<CallRecordFinding> findings = [];
        if (First == 0)
        {
            First = record.Sequence;
            if (record.Sequence == 1 && record.Previous != CallRecordLine.Start)
            {
                findings.Add(new CallRecordFinding("forged", "The first record of all names one before it."));
            }

            (Last, Head) = (record.Sequence - 1, record.Previous);
        }

        if (Compare(record) is { } finding)
        {
            findings.Add(finding);
        }

        (Last, Head) = (record.Sequence, record.Hash);
        if (found.ContainsKey(record.Sequence))
        {
            found[record.Sequence] = record.Hash;
        }

        return findings;
    }

    private CallRecordFinding? Compare(CallRecordLine record) =>
        !record.IsIntact ? new("edited", $"Record {record.Sequence} does not match its hash.")
        : record.Sequence > Last + 1
            ? new(
                "removed",
                string.Create(CultureInfo.InvariantCulture, $"Records {Last + 1} to {record.Sequence - 1} are missing.")
            )
        : record.Sequence <= Last ? new("reordered", $"Record {record.Sequence} follows record {Last}.")
        : Head.Length > 0 && record.Previous != Head
            ? new("forged", $"Record {record.Sequence} follows another record than the one before it.")
        : null;
}
