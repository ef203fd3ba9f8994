namespace Culvert.Identity.Service.Events;

/// <param name="Outcome"><c>success</c> or <c>denied</c>.</param>
/// <param name="Reason">The stable code of a denial.</param>
/// <param name="Detail">Untrusted: may repeat what the caller sent.</param>
internal sealed record AuditStatus(string Outcome, string? Reason = null, string? Detail = null)
{
    public static AuditStatus Success { get; } = new("success");

    public static AuditStatus Denied(string reason, string? detail = null) => new("denied", reason, detail);
}
