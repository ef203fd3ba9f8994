namespace Culvert.Identity.Service.Audit.Export;

internal sealed record FileTarget(string Path) : AuditTarget("file:" + Path);
