using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Tokens.Assertions;

/// <summary>An agent got an assertion for an upstream; never the assertion.</summary>
internal sealed record AssertionIssued(AuditOrigin Origin, Tunnel Tunnel, AssertionClaims Claims)
    : AuditEvent(
        AuditEvents.UpstreamAssertionIssued,
        Origin,
        Tunnel.OrganizationId,
        [new("tunnel", Tunnel.Id.Value)],
        [
            ("tunnel_id", Tunnel.Id.Value),
            ("route", Claims.Route),
            ("audience", Claims.Audience),
            ("subject", Claims.Subject),
            ("jti", Claims.TokenId),
            ("expires_at", Claims.ExpiresAt),
        ]
    );
