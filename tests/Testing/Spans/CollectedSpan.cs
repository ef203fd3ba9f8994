namespace Culvert.Testing.Spans;

/// <summary>A span as it came to the collector.</summary>
public sealed record CollectedSpan(
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    string State,
    IReadOnlyDictionary<string, string> Attributes
);
