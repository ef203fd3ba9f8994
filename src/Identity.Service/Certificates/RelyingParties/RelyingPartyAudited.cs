using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal sealed record RelyingPartyAudited(string EventName, RelyingParty Party, string? Reason) : AuditEvent
{
    public override string Name => EventName;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("relying_party_id", Party.Id.Value);
        json.WriteString("tunnel_id", Party.TunnelId.Value);
        json.WriteString("name", Party.Name);
        WriteOptional(json, "service_account_id", Party.ServiceAccountId);
        WriteOptional(json, "reason", Reason);
    }
}
