using System.Text.Json;
using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>A list was not published because it would have lost or undone an entry. The current one stays.</summary>
internal sealed record RevocationListRefused(StoredRevocationList Present, CaRefusal Refusal) : AuditEvent
{
    public override string Name => AuditEvents.RevocationListRefused;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("certificate_authority_id", Present.CaId);
        json.WriteNumber("shard", Present.Shard);
        json.WriteNumber("present_number", Present.Number);
        json.WriteString("message", Refusal.Message);
    }
}
