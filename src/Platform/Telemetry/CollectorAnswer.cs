namespace Culvert.Platform.Telemetry;

/// <summary>What the collector made of a request.</summary>
/// <param name="Error">Why it is to be sent again; null = the collector has it.</param>
/// <param name="Rejected">Of a request that it has: records that it rejected permanently.</param>
public readonly record struct CollectorAnswer(string? Error = null, long Rejected = 0);
