using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tunnels.Inventory;

namespace Culvert.Identity.Service.Servers;

/// <summary>A route's attestation is older than a quarter of a year or missing.</summary>
internal sealed record AttestationDue(RouteRow Route) : AuditEvent
{
    public override string Name => AuditEvents.RouteAttestationDue;

    protected override void WriteData(Utf8JsonWriter json) => Write(json, Route);

    /// <summary>Writes the members that audit and webhooks share.</summary>
    public static void Write(Utf8JsonWriter json, RouteRow route)
    {
        json.WriteString("tunnel_id", route.TunnelId);
        json.WriteString("route", route.Route);
        WriteOptional(json, "owner", route.Owner.Length > 0 ? route.Owner : null);
        json.WriteString("due_at", route.AttestationDueAt.UtcDateTime);
    }
}
