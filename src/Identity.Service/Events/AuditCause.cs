namespace Culvert.Identity.Service.Events;

/// <summary>The actor that caused an event, and its request if there is one.</summary>
/// <param name="RequestId">Null for the service's own work.</param>
internal sealed record AuditCause(AuditActor Actor, string? RequestId = null)
{
    public static AuditCause System { get; } = new(AuditActor.System);
}
