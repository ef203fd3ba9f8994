namespace Culvert.Identity.Service.Events;

/// <summary>What caused an event: an actor, by a request or not.</summary>
/// <param name="Actor">The person, program or machine.</param>
/// <param name="RequestId">Of the request; null for the service's own work.</param>
internal sealed record AuditCause(AuditActor Actor, string? RequestId = null)
{
    /// <summary>The installation itself.</summary>
    public static AuditCause System { get; } = new(AuditActor.System);
}
