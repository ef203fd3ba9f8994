namespace Culvert.Identity.Service.Jobs;

/// <summary>The pause of a job on all nodes, until it is resumed.</summary>
/// <param name="By">The actor's id, as in the audit log.</param>
internal sealed record JobPause(string Job, string By, string Reason, DateTimeOffset At);
