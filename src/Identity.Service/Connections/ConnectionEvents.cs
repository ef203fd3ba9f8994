using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Connections;

/// <summary>The audit events of connections and of the grants of people. None has a token.</summary>
internal static class ConnectionEvents
{
    /// <param name="reason">Why it was archived; null if not given.</param>
    public static AuditEvent Changed(
        string name,
        AuditOrigin origin,
        Connection connection,
        string? reason = null,
        bool replacesSecret = false
    ) =>
        new(
            name,
            origin,
            connection.OrganizationId,
            Resources(connection.Id),
            [
                ("connection_id", connection.Id.Value),
                ("tunnel_id", connection.TunnelId),
                ("route", connection.Route),
                ("display_name", connection.DisplayName),
                ("issuer", connection.Issuer),
                ("authorization_endpoint", connection.AuthorizationEndpoint),
                ("token_endpoint", connection.TokenEndpoint),
                ("revocation_endpoint", connection.RevocationEndpoint),
                ("client_id", connection.ClientId),
                ("client_auth", WireNames.Get(connection.ClientAuth)),
                ("scopes", connection.Scopes),
                ("resource", connection.Resource),
                ("allowed_targets", connection.AllowedTargets.Select(target => target.ToString())),
                ("ca_cert_pem", connection.CaCertificatePem),
                ("secret_replaced", replacesSecret),
                ("version", connection.Version),
                .. AuditData.Optional("reason", reason),
            ]
        );

    public static AuditEvent Granted(AuditOrigin origin, Connection connection, ConnectionGrant grant) =>
        new(
            AuditEvents.ConnectionGranted,
            origin,
            grant.OrganizationId,
            Resources(grant.ConnectionId),
            [.. Describe(grant), ("route", connection.Route), ("scope", AuditActor.Bounded(grant.Scope))]
        );

    /// <summary>An agent gets the person's access token.</summary>
    public static AuditEvent TokenIssued(
        AuditOrigin origin,
        Connection connection,
        ConnectionGrant grant,
        bool isRefreshed
    ) =>
        new(
            AuditEvents.ConnectionTokenIssued,
            origin,
            grant.OrganizationId,
            Resources(grant.ConnectionId),
            [.. Describe(grant), ("route", connection.Route), ("refreshed", isRefreshed)]
        );

    /// <param name="comment">Of the administrator; null if not given.</param>
    public static AuditEvent GrantEnded(
        AuditOrigin origin,
        ConnectionGrant grant,
        string reason,
        string? comment = null
    ) =>
        new(
            AuditEvents.ConnectionGrantEnded,
            origin,
            grant.OrganizationId,
            Resources(grant.ConnectionId),
            [.. Describe(grant), ("reason", reason), .. AuditData.Optional("comment", comment)]
        );

    /// <param name="outcome"><c>revoked</c>, <c>not_offered</c> or <c>given_up</c>.</param>
    public static AuditEvent RevokedUpstream(AuditOrigin origin, ConnectionGrant grant, string outcome) =>
        new(
            AuditEvents.ConnectionRevokedUpstream,
            origin,
            grant.OrganizationId,
            Resources(grant.ConnectionId),
            [.. Describe(grant), ("reason", grant.EndReason), ("outcome", outcome), ("attempts", grant.RevokeAttempts)]
        );

    private static AuditResource[] Resources(ConnectionId id) => [new("connection", id.Value)];

    private static AuditData Describe(ConnectionGrant grant) =>
        [
            ("grant_id", grant.Id.Value),
            ("connection_id", grant.ConnectionId.Value),
            ("issuer", grant.Person.Issuer),
            ("subject", AuditActor.Bounded(grant.Person.Subject)),
            ("generation", grant.Generation),
        ];
}
