using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Edges;

/// <summary>Decisions about edges, which belong to no organization: the events name that of the administrator.</summary>
internal static class EdgeEvents
{
    public static AuditEvent Created(AuditOrigin origin, string organizationId, Edge edge) =>
        About(
            AuditEvents.EdgeCreated,
            origin,
            organizationId,
            edge,
            [("addresses", string.Join(' ', edge.Addresses)), ("dns_names", string.Join(' ', edge.DnsNames))]
        );

    /// <summary>An edge was drained, resumed or archived.</summary>
    public static AuditEvent Changed(
        string name,
        AuditOrigin origin,
        string organizationId,
        Edge edge,
        string? reason
    ) => About(name, origin, organizationId, edge, [("reason", reason)]);

    private static AuditEvent About(
        string name,
        AuditOrigin origin,
        string organizationId,
        Edge edge,
        AuditData data
    ) =>
        new(
            name,
            origin,
            organizationId,
            [new("edge", edge.Id.Value)],
            [("edge_id", edge.Id.Value), ("name", edge.Name), .. data]
        );
}
