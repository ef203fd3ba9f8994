using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record EdgeArchived(Edge Edge, string? Reason) : AuditEvent
{
    public override string Name => AuditEvents.EdgeArchived;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("edge_id", Edge.Id.Value);
        json.WriteString("name", Edge.Name);
        WriteOptional(json, "reason", Reason);
    }
}
