using System.Diagnostics;

namespace Culvert.Platform.Telemetry;

public sealed record CollectorRecord
{
    /// <summary>SEVERITY_NUMBER_INFO.</summary>
    public const int Informational = 9;

    /// <summary>SEVERITY_NUMBER_WARN.</summary>
    public const int Warning = 13;

    public required DateTimeOffset At { get; init; }

    public required string EventName { get; init; }

    /// <summary>UTF-8, sent byte for byte; null: none.</summary>
    public byte[]? Body { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; }

    public int Severity { get; init; } = Informational;

    /// <summary>The span of the record; the default value: none.</summary>
    public ActivityContext Span { get; init; }
}
