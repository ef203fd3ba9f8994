using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal static class RouteEvents
{
    public static AuditEvent OwnerChanged(AuditOrigin origin, RouteRow before, string owner) =>
        About(AuditEvents.RouteOwnerChanged, origin, before, [("before", before.Owner), ("after", owner)]);

    /// <summary>An administrator has reviewed what a route offers, and is accountable for it.</summary>
    /// <param name="names">The number of all names of the route at that moment, which are now sanctioned.</param>
    /// <param name="newNames">The number of names that were not sanctioned before.</param>
    public static AuditEvent Attested(AuditOrigin origin, RouteRow route, long names, long newNames, string? note) =>
        About(
            AuditEvents.RouteAttested,
            origin,
            route,
            [("owner", route.Owner), ("names", names), ("new_names", newNames), ("note", note)]
        );

    /// <summary>A route's last attestation, or its first report if it has none, is a quarter of a year old.</summary>
    public static AuditEvent AttestationDue(AuditOrigin origin, RouteRow route) =>
        About(
            AuditEvents.RouteAttestationDue,
            origin,
            route,
            [("owner", route.Owner.Length > 0 ? route.Owner : null), ("due_at", route.AttestationDueAt)]
        );

    private static AuditEvent About(string name, AuditOrigin origin, RouteRow route, AuditData data) =>
        new(
            name,
            origin,
            route.OrganizationId,
            [new("tunnel", route.TunnelId)],
            [("tunnel_id", route.TunnelId), ("route", route.Route), .. data]
        );
}
