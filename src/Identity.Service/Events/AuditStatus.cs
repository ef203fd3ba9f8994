namespace Culvert.Identity.Service.Events;

/// <param name="Outcome"><c>success</c> or <c>denied</c>.</param>
/// <param name="Reason">Of a denial: its stable code.</param>
/// <param name="Detail">May echo what the caller sent: untrusted.</param>
internal sealed record AuditStatus(string Outcome, string? Reason = null, string? Detail = null)
{
    public static AuditStatus Success { get; } = new("success");

    public static AuditStatus Denied(string reason, string? detail = null) => new("denied", reason, detail);
}
