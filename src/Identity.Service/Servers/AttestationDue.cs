using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tunnels.Inventory;

namespace Culvert.Identity.Service.Servers;

/// <summary>A route's last attestation, or its first report if it has none, is a quarter of a year old.</summary>
internal sealed record AttestationDue(RouteRow Route) : AuditEvent
{
    public override string Name => AuditEvents.RouteAttestationDue;

    protected override void WriteData(Utf8JsonWriter json) => Write(json, Route);

    public static void Write(Utf8JsonWriter json, RouteRow route)
    {
        json.WriteString("tunnel_id", route.TunnelId);
        json.WriteString("route", route.Route);
        WriteOptional(json, "owner", route.Owner.Length > 0 ? route.Owner : null);
        json.WriteString("due_at", route.AttestationDueAt.UtcDateTime);
    }
}
