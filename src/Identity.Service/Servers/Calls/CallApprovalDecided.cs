using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>An approval was requested, given, refused or used. Contains no argument values.</summary>
internal sealed record CallApprovalDecided(string EventName, CallApprovalRow Approval) : AuditEvent
{
    public override string Name => EventName;

    public static void Write(Utf8JsonWriter json, CallApprovalRow approval)
    {
        var call = approval.Call;
        json.WriteString("tunnel_id", approval.TunnelId);
        json.WriteString("approval_id", approval.Id);
        json.WriteString("state", approval.State);
        json.WriteString("binding", approval.Binding);
        json.WriteString("route", call.Route);
        json.WriteString("kind", call.Kind);
        json.WriteString("name", call.Name);
        json.WriteString("rule", call.Rule);
        json.WriteString("issuer", call.Issuer);
        json.WriteString("subject", call.Subject);
        json.WriteString("client_id", call.ClientId);
        json.WriteNumber("approvers", approval.Approvers);
    }

    protected override void WriteData(Utf8JsonWriter json)
    {
        Write(json, Approval);
        WriteOptional(json, "reason", Approval.Reason);
    }
}
