using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>An approval was requested, given, refused or used. Contains no argument values.</summary>
internal sealed record CallApprovalDecided(string Name, AuditOrigin Origin, CallApprovalRow Approval)
    : AuditEvent(
        Name,
        Origin,
        Approval.OrganizationId,
        [new("tunnel", Approval.TunnelId), new("call_approval", Approval.Id)],
        [.. Describe(Approval), ("reason", Approval.Reason)]
    )
{
    public static AuditData Describe(CallApprovalRow approval)
    {
        var call = approval.Call;
        return
        [
            ("tunnel_id", approval.TunnelId),
            ("approval_id", approval.Id),
            ("state", approval.State),
            ("binding", approval.Binding),
            ("route", call.Route),
            ("kind", call.Kind),
            ("name", call.Name),
            ("rule", call.Rule),
            ("issuer", call.Issuer),
            ("subject", call.Subject),
            ("client_id", call.ClientId),
            ("approvers", approval.Approvers),
        ];
    }
}
