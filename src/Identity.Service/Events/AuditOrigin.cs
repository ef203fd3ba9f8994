namespace Culvert.Identity.Service.Events;

/// <summary>When an audited decision was made, and by whom.</summary>
internal readonly record struct AuditOrigin(DateTimeOffset At, AuditCause Cause)
{
    public static AuditOrigin System(DateTimeOffset at) => new(at, AuditCause.System);
}
