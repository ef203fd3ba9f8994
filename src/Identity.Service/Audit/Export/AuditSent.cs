namespace Culvert.Identity.Service.Audit.Export;

/// <param name="Error">Why the batch must be sent again; null = the target accepted it.</param>
/// <param name="Rejected">In an accepted batch: the number of entries that the target rejected permanently.</param>
internal readonly record struct AuditSent(string? Error = null, long Rejected = 0);
