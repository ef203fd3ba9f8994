namespace Culvert.Identity.Service.Jobs;

/// <summary>An operator's word that a job does not run, on any node, until it is resumed.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="By">The actor, as the audit log has it.</param>
/// <param name="Reason">In the operator's words.</param>
internal sealed record JobPause(string Job, string By, string Reason, DateTimeOffset At);
