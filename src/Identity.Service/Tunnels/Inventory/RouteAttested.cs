using System.Text.Json;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>An administrator has reviewed what a route offers, and is accountable for it.</summary>
/// <param name="Names">All names of the route at that moment, which are now sanctioned.</param>
/// <param name="NewNames">Those that were not sanctioned before.</param>
internal sealed record RouteAttested(RouteRow Route, long Names, long NewNames, string? Note) : AuditEvent
{
    public override string Name => AuditEvents.RouteAttested;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("tunnel_id", Route.TunnelId);
        json.WriteString("route", Route.Route);
        json.WriteString("owner", Route.Owner);
        json.WriteNumber("names", Names);
        json.WriteNumber("new_names", NewNames);
        WriteOptional(json, "note", Note);
    }
}
