namespace Culvert.Testing.Spans;

/// <summary>A span as the collector received it.</summary>
public sealed record CollectedSpan(
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    string State,
    IReadOnlyDictionary<string, string> Attributes
);
