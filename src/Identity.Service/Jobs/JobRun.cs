namespace Culvert.Identity.Service.Jobs;

/// <summary>A completed round of a job on this node.</summary>
/// <param name="Failure">The type of the error, with details in the log; null = it succeeded.</param>
internal sealed record JobRun(DateTimeOffset StartedAt, DateTimeOffset EndedAt, string? Failure);
