using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record RevocationListImported(ImportedRevocationList List, IReadOnlyList<string> Removed) : AuditEvent
{
    // The event names this many serial numbers and counts the others.
    private const int MostNamed = 100;

    public override string Name => AuditEvents.RevocationListImported;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_certificate_id", List.RegisteredCertificateId);
        json.WriteString("tunnel_id", List.TunnelId);
        json.WriteString("number", List.Number);
        json.WriteNumber("entries", List.Entries);
        json.WriteString("next_update", List.NextUpdate.UtcDateTime);
        json.WriteNumber("removed", Removed.Count);
        json.WriteStartArray("removed_serials");
        foreach (var serial in Removed.Take(MostNamed))
        {
            json.WriteStringValue(serial);
        }

        json.WriteEndArray();
    }
}
