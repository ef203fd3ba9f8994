using System.Diagnostics;

namespace Culvert.Platform.Telemetry;

/// <summary>A log record for a collector.</summary>
public sealed record CollectorRecord
{
    /// <summary>SEVERITY_NUMBER_INFO.</summary>
    public const int Informational = 9;

    /// <summary>SEVERITY_NUMBER_WARN.</summary>
    public const int Warning = 13;

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What kind of event it is.</summary>
    public required string EventName { get; init; }

    /// <summary>UTF-8, sent byte for byte; null = it has none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; }

    /// <summary>A severity number of OpenTelemetry.</summary>
    public int Severity { get; init; } = Informational;

    /// <summary>The span that it belongs to; the default value = none.</summary>
    public ActivityContext Span { get; init; }
}
