using System.Text.Json;
using Culvert.Machine.Client.Stored;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Microsoft.Extensions.Logging;

namespace Culvert.Machine.Client.Checkpoints;

/// <summary>
/// Keeps the service's audit checkpoints where an attacker who changes its database cannot reach them, and holds each
/// new one against those before it (S30):
/// <list type="table">
/// <item><term>not signed by that node</term><description>alarm <c>signature</c>, not kept</description></item>
/// <item><term>another head for a sequence that is kept</term><description>alarm <c>fork</c></description></item>
/// <item><term>a lower sequence, signed later</term><description>alarm <c>rollback</c></description></item>
/// <item><term>a lower sequence, signed earlier</term><description>ignored: another process of the node was slower</description></item>
/// <item><term>a higher sequence</term><description>kept</description></item>
/// </list>
/// An alarm stays until an operator has checked it and removed the file: after an intended restore, for instance.
/// </summary>
internal sealed class CheckpointWatch
{
    /// <summary>In the state directory; one JSON object a line, oldest first.</summary>
    public const string FileName = "audit-checkpoints.jsonl";

    // About 3 kB each; the newest is what counts, the others show when something began.
    private const int KeptPerNode = 64;

    // Node numbers end at 127; names of nodes come from signed words alone.
    private const int MaxLines = 127 * KeptPerNode;
    private const int MaxFileBytes = 64 * 1024 * 1024;

    private readonly StateDirectory state;
    private readonly ILogger log;
    private readonly Lock gate = new(); // guards kept; the alarm is swapped whole
    private List<KeptCheckpoint> kept;
    private volatile string? alarm;

    public CheckpointWatch(StateDirectory state, ILogger log)
    {
        this.state = state;
        this.log = log;
        kept = Load(state) ?? [];
        alarm = kept.FindLast(line => line.Alarm is not null)?.Alarm;
    }

    /// <summary>One of <see cref="CheckpointAlarm"/>; null while everything agrees.</summary>
    public string? Alarm => alarm;

    /// <summary>The lines that are kept; null when the file is there and cannot be read.</summary>
    public static List<KeptCheckpoint>? Load(StateDirectory state)
    {
        try
        {
            return
            [
                .. (state.ReadText(FileName, MaxFileBytes) ?? "")
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => JsonSerializer.Deserialize(line, CheckpointJson.Default.KeptCheckpoint)!),
            ];
        }
        catch (Exception e) when (e is JsonException or SecretUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Holds a checkpoint against those that are kept, and keeps it.</summary>
    public void Take(string token, PlatformTrust trust)
    {
        lock (gate)
        {
            if (kept.Exists(line => line.Checkpoint == token))
            {
                return; // a feed shows its newest one again and again
            }

            if (AuditCheckpoint.Verify(token, trust) is not { } checkpoint)
            {
                Raise(CheckpointAlarm.Signature, "?", 0);
                return;
            }

            var own = kept.Where(line => line.Node == checkpoint.Node && line.Alarm is null).ToList();
            var (raised, isNews) = Judge(checkpoint, own);
            if (raised is not null)
            {
                Raise(raised, checkpoint.Node, checkpoint.Sequence);
            }

            // Of what contradicts, the first is the evidence; it may come again every minute.
            var isFirst = !kept.Exists(line => line.Node == checkpoint.Node && line.Alarm == raised);
            if (raised is null ? isNews : isFirst)
            {
                Keep(KeptCheckpoint.Create(checkpoint, token, raised));
            }
        }
    }

    private static (string? Alarm, bool IsNews) Judge(AuditCheckpoint checkpoint, List<KeptCheckpoint> own)
    {
        if (own.Exists(line => line.Sequence == checkpoint.Sequence && line.Head != checkpoint.Head))
        {
            return (CheckpointAlarm.Fork, false);
        }

        if (own.Count == 0 || checkpoint.Sequence > own[^1].Sequence)
        {
            return (null, true);
        }

        var isLater = checkpoint.Sequence < own[^1].Sequence && checkpoint.Time > own[^1].Time;
        return (isLater ? CheckpointAlarm.Rollback : null, false);
    }

    private void Raise(string kind, string node, long sequence)
    {
        if (alarm != kind)
        {
            Log.CheckpointAlarm(log, kind, node, sequence, state.GetPath(FileName));
        }

        alarm = kind;
    }

    private void Keep(KeptCheckpoint line)
    {
        var surplus = kept.Count(one => one.Node == line.Node && one.Alarm is null) - KeptPerNode + 1;
        if (line.Alarm is null && surplus > 0)
        {
            kept.Remove(kept.Find(one => one.Node == line.Node && one.Alarm is null)!);
        }

        kept.Add(line);
        if (kept.Count > MaxLines)
        {
            kept = kept[^MaxLines..];
        }

        try
        {
            state.WriteText(
                FileName,
                string.Concat(
                    kept.Select(one => JsonSerializer.Serialize(one, CheckpointJson.Default.KeptCheckpoint) + "\n")
                )
            );
        }
        catch (StateDirectoryException e)
        {
            // Kept in memory until the disk takes it: the next one writes all of them.
            StateLog.StateUnwritable(log, e.Message);
        }
    }
}
