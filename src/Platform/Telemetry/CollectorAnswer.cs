namespace Culvert.Platform.Telemetry;

/// <summary>The collector's answer to a request.</summary>
/// <param name="Error">Why the request must be repeated; null: the collector accepted it.</param>
/// <param name="Rejected">In an accepted request: the number of records that it rejected permanently.</param>
public readonly record struct CollectorAnswer(string? Error = null, long Rejected = 0);
