using Culvert.Platform.Telemetry;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>The <c>audit</c> section, validated.</summary>
internal sealed record AuditSettings
{
    public static readonly AuditSettings Default = new();

    /// <summary>Relative to <c>state_dir</c>, and inside it.</summary>
    public string File { get; init; } = "audit/calls.jsonl";

    /// <summary>A file that has grown beyond it is closed and the next one begun.</summary>
    public long RotateBytes { get; init; } = 64 << 20;

    /// <summary>Closed files that are kept; the oldest goes.</summary>
    public int Keep { get; init; } = 30;

    /// <summary>Free bytes that are left to others.</summary>
    public long DiskReserve { get; init; } = 256 << 20;

    /// <summary>What cannot be recorded is not called; false: it is served, and counted as lost.</summary>
    public bool DeniesWhenFull { get; init; } = true;

    public bool KeepsShapes { get; init; } = true;

    /// <summary>Where the records are sent as well; null = nowhere.</summary>
    public LogsCollector? Collector { get; init; }
}
