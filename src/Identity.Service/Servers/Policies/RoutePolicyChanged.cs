using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>
/// A policy version was drafted, approved, rejected, withdrawn or restored by a rollback. Contains the text's digest, not
/// the text.
/// </summary>
internal sealed record RoutePolicyChanged(
    string Name,
    AuditOrigin Origin,
    RoutePolicyRow Policy,
    RoutePolicyRow? Replaced
)
    : AuditEvent(
        Name,
        Origin,
        Policy.OrganizationId,
        [
            // First: after a restore from a backup, this resource is suspended.
            new("route", $"{Policy.TunnelId}/{Policy.Hostname}"),
            new("route_policy", Policy.Id),
            new("tunnel", Policy.TunnelId),
        ],
        [
            ("tunnel_id", Policy.TunnelId),
            ("policy_id", Policy.Id),
            ("hostname", Policy.Hostname),
            ("version", Policy.Version),
            ("digest", Policy.Digest),
            ("state", Policy.State),
            ("replaced", Replaced?.Id),
            ("comment", Policy.Comment),
            ("reason", Policy.Reason),
        ]
    );
