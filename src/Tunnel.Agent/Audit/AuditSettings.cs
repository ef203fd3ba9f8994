using Culvert.Platform.Telemetry;

namespace Culvert.Tunnel.Agent.Audit;

internal sealed record AuditSettings
{
    public static readonly AuditSettings Default = new();

    /// <summary>Relative to <c>state_dir</c>, and inside it.</summary>
    public string File { get; init; } = "audit/calls.jsonl";

    /// <summary>The size at which the agent closes the file and starts the next.</summary>
    public long RotateBytes { get; init; } = 64 << 20;

    /// <summary>The number of closed files; the agent removes the oldest first.</summary>
    public int Keep { get; init; } = 30;

    /// <summary>Free bytes that the trail leaves on the disk.</summary>
    public long DiskReserve { get; init; } = 256 << 20;

    /// <summary>True: calls that cannot be recorded are refused. False: they are served and counted as lost.</summary>
    public bool DeniesWhenFull { get; init; } = true;

    public bool KeepsShapes { get; init; } = true;

    public bool RecordsAnswerShapes { get; init; }

    /// <summary>The collector that also receives the records; null = none.</summary>
    public LogsCollector? Collector { get; init; }
}
