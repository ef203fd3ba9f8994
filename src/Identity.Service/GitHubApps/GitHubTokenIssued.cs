using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.GitHubApps;

/// <summary>An agent got a token of a GitHub App's installation; never the token.</summary>
internal sealed record GitHubTokenIssued(
    AuditOrigin Origin,
    Tunnel Tunnel,
    string Route,
    GitHubAppOptions App,
    DateTimeOffset ExpiresAt
)
    : AuditEvent(
        AuditEvents.GitHubTokenIssued,
        Origin,
        Tunnel.OrganizationId,
        [new("tunnel", Tunnel.Id.Value)],
        [
            ("tunnel_id", Tunnel.Id.Value),
            ("route", Route),
            ("github_app", App.Name),
            ("client_id", App.ClientId),
            ("installation_id", App.InstallationId),
            ("expires_at", ExpiresAt),
        ]
    );
