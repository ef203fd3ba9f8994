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
/// Stores the service's audit checkpoints where an attacker who changes its database cannot reach them, and compares each
/// new one with the earlier ones (S30):
/// <list type="table">
/// <item><term>not signed by that node</term><description>alarm <c>signature</c>, not stored</description></item>
/// <item><term>another head for a stored sequence</term><description>alarm <c>fork</c></description></item>
/// <item><term>a lower sequence, signed later</term><description>alarm <c>rollback</c></description></item>
/// <item><term>a lower sequence, signed earlier</term><description>ignored: another process of the node was slower</description></item>
/// <item><term>a higher sequence</term><description>stored</description></item>
/// </list>
/// An alarm stays until an operator has checked it and removed the file, for instance after an intended restore.
/// </summary>
internal sealed class CheckpointWatch
{
    /// <summary>In the state directory: one JSON object per line, oldest first.</summary>
    public const string FileName = "audit-checkpoints.jsonl";

    // About 3 kB each. Only the newest matters; the others show when a problem began.
    private const int MaxPerNode = 64;

    // Node numbers end at 127, and only signed checkpoints name nodes.
    private const int MaxLines = 127 * MaxPerNode;
    private const int MaxFileBytes = 64 * 1024 * 1024;

    private readonly StateDirectory state;
    private readonly ILogger log;
    private readonly Lock gate = new(); // guards kept; the alarm is swapped whole
    private List<StoredCheckpoint> checkpoints;
    private volatile string? alarm;

    public CheckpointWatch(StateDirectory state, ILogger log)
    {
        this.state = state;
        this.log = log;
        checkpoints = Load(state) ?? [];
        alarm = checkpoints.FindLast(line => line.Alarm is not null)?.Alarm;
    }

    /// <summary>One of <see cref="CheckpointAlarm"/>; null while all checkpoints agree.</summary>
    public string? Alarm => alarm;

    /// <summary>The stored lines; null when the file exists and cannot be read.</summary>
    public static List<StoredCheckpoint>? Load(StateDirectory state)
    {
        try
        {
            return
            [
                .. (state.ReadText(FileName, MaxFileBytes) ?? "")
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => JsonSerializer.Deserialize(line, CheckpointJson.Default.StoredCheckpoint)!),
            ];
        }
        catch (Exception e) when (e is JsonException or SecretUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Compares a checkpoint with the stored ones, and stores it.</summary>
    public void Add(string token, PlatformTrust trust)
    {
        lock (gate)
        {
            if (checkpoints.Exists(line => line.Checkpoint == token))
            {
                return; // a feed repeats its newest checkpoint
            }

            if (AuditCheckpoint.Verify(token, trust) is not { } checkpoint)
            {
                Raise(CheckpointAlarm.Signature, "?", 0);
                return;
            }

            var own = checkpoints.Where(line => line.Node == checkpoint.Node && line.Alarm is null).ToList();
            var (raised, isNews) = Judge(checkpoint, own);
            if (raised is not null)
            {
                Raise(raised, checkpoint.Node, checkpoint.Sequence);
            }

            // The first contradiction is the evidence; the same one may be repeated every minute.
            var isFirst = !checkpoints.Exists(line => line.Node == checkpoint.Node && line.Alarm == raised);
            if (raised is null ? isNews : isFirst)
            {
                Store(StoredCheckpoint.Create(checkpoint, token, raised));
            }
        }
    }

    private static (string? Alarm, bool IsNews) Judge(AuditCheckpoint checkpoint, List<StoredCheckpoint> own)
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

    private void Store(StoredCheckpoint line)
    {
        var surplus = checkpoints.Count(one => one.Node == line.Node && one.Alarm is null) - MaxPerNode + 1;
        if (line.Alarm is null && surplus > 0)
        {
            checkpoints.Remove(checkpoints.Find(one => one.Node == line.Node && one.Alarm is null)!);
        }

        checkpoints.Add(line);
        if (checkpoints.Count > MaxLines)
        {
            checkpoints = checkpoints[^MaxLines..];
        }

        try
        {
            state.WriteText(
                FileName,
                string.Concat(
                    checkpoints.Select(one =>
                        JsonSerializer.Serialize(one, CheckpointJson.Default.StoredCheckpoint) + "\n"
                    )
                )
            );
        }
        catch (StateDirectoryException e)
        {
            // It stays in memory; the next write stores all lines.
            StateLog.StateUnwritable(log, e.Message);
        }
    }
}
