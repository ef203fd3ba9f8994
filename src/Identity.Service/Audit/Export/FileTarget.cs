namespace Culvert.Identity.Service.Audit.Export;

/// <param name="Path">Absolute.</param>
internal sealed record FileTarget(string Path) : AuditTarget("file:" + Path);
