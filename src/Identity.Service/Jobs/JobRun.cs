namespace Culvert.Identity.Service.Jobs;

/// <summary>A round of a job that has ended on this node.</summary>
/// <param name="Failure">The kind of error that ended it, of which the log has more; null = it did what was due.</param>
internal sealed record JobRun(DateTimeOffset StartedAt, DateTimeOffset EndedAt, string? Failure);
