using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record EdgeCreated(Edge Edge) : AuditEvent
{
    public override string Name => AuditEvents.EdgeCreated;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("edge_id", Edge.Id.Value);
        json.WriteString("name", Edge.Name);
        json.WriteString("addresses", string.Join(" ", Edge.Addresses));
        json.WriteString("dns_names", string.Join(" ", Edge.DnsNames));
    }
}
