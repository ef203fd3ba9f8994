namespace Culvert.Identity.Service.Audit.Export;

/// <summary>What became of a batch.</summary>
/// <param name="Error">Why it is to be sent again; null = the target has it.</param>
/// <param name="Rejected">Of a batch that the target has: entries that it will never take, and asks not to be sent again.</param>
internal readonly record struct AuditSent(string? Error = null, long Rejected = 0);
