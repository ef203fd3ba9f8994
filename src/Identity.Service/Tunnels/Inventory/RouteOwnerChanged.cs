using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record RouteOwnerChanged(RouteRow Route, string Owner) : AuditEvent
{
    public override string Name => AuditEvents.RouteOwnerChanged;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Route.TunnelId);
        json.WriteString("route", Route.Route);
        json.WriteString("before", Route.Owner);
        json.WriteString("after", Owner);
    }
}
