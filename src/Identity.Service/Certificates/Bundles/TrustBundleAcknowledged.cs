using System.Text.Json;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>A relying party holds an epoch: it acknowledged the epoch, or an administrator who checked did.</summary>
internal sealed record TrustBundleAcknowledged(RelyingParty Party, long Epoch, bool ByPerson) : AuditEvent
{
    public override string Name => AuditEvents.TrustBundleAcknowledged;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("relying_party_id", Party.Id.Value);
        json.WriteString("tunnel_id", Party.TunnelId.Value);
        json.WriteString("name", Party.Name);
        json.WriteNumber("epoch", Epoch);
        json.WriteBoolean("by_person", ByPerson);
    }
}
