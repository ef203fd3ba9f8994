using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record HostnameDecided(string Name, AuditOrigin Origin, string OrganizationId, Hostname Hostname)
    : AuditEvent(
        Name,
        Origin,
        OrganizationId,
        [new("tunnel", Hostname.TunnelId.Value), new("hostname", Hostname.Name)],
        [
            ("tunnel_id", Hostname.TunnelId.Value),
            ("hostname", Hostname.Name),
            ("state", Hostname.State),
            ("approved_by", Hostname.ApprovedBy),
            ("check_result", Hostname.CheckResult),
        ]
    );
