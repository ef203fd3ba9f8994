using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// An edge reported that it accepted agents by its last feed while it had no contact to the service (S10).
/// </summary>
internal sealed record EdgeServedOffline(Edge Edge, EdgeReportGrace Grace) : AuditEvent
{
    public override string Name => AuditEvents.EdgeServedOffline;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("edge_id", Edge.Id.Value);
        json.WriteString("name", Edge.Name);
        json.WriteString("last_contact", Grace.LastContact.UtcDateTime);
        json.WriteString("from", Grace.From.UtcDateTime);
        json.WriteString("to", Grace.To.UtcDateTime);
    }
}
