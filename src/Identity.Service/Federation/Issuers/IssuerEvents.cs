using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

internal static class IssuerEvents
{
    // In other members of the event, in its origin, or no settings.
    private static readonly string[] Elsewhere =
    [
        "id",
        "type",
        "name",
        "issuer_url",
        "jwks",
        "max_jwt_lifetime_seconds",
        "allowed_targets",
        "jwks_polling_disabled_at",
        "killed",
        "poll_status",
        .. ChangeStamps.Members,
    ];

    /// <summary>An issuer was created, updated or archived: its state afterwards.</summary>
    public static AuditEvent Changed(string name, AuditOrigin origin, Issuer issuer) =>
        About(
            name,
            origin,
            issuer,
            [
                ("name", issuer.Name),
                ("issuer_url", issuer.Url),
                ("jwks", new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(issuer.KeySource.ToJson()))),
                .. GetSettings(IssuerDocument.From(issuer, poll: null, IssuerControl.None)),
                ("max_jwt_lifetime_seconds", issuer.MaxJwtLifetimeSeconds),
                ("allowed_targets", issuer.AllowedTargets.Select(target => target.ToString())),
                ("version", issuer.Version),
            ]
        );

    /// <summary>Keys were killed or restored.</summary>
    public static AuditEvent Killed(
        string name,
        AuditOrigin origin,
        Issuer issuer,
        KillOrder order,
        IReadOnlyList<string> thumbprints
    ) =>
        About(
            name,
            origin,
            issuer,
            [
                ("kind", WireNames.Get(order.Kind)),
                ("kid", order.Kind == KillKind.Kid ? order.Value : null),
                ("thumbprints", thumbprints),
                ("reason", order.Reason),
            ]
        );

    /// <summary>Fetching an issuer's keys has failed for long, was paused, or works again.</summary>
    /// <param name="name">One of the <c>issuer.poll.*</c> names.</param>
    public static AuditEvent Polling(
        string name,
        AuditOrigin origin,
        Issuer issuer,
        KeyState state,
        int consecutiveFailures,
        string? lastFailure,
        DateTimeOffset? lastFetchedAt
    ) =>
        About(
            name,
            origin,
            issuer,
            [
                ("key_state", WireNames.Get(state)),
                ("consecutive_failures", consecutiveFailures),
                ("last_failure", lastFailure),
                ("last_fetched_at", lastFetchedAt),
            ]
        );

    /// <summary>A caller had an issuer's keys fetched as a dry run. The issuer need not be saved.</summary>
    public static AuditEvent Verified(AuditOrigin origin, Issuer issuer, VerificationDocument result) =>
        new(
            AuditEvents.IssuerVerified,
            origin,
            issuer.OrganizationId,
            result.IssuerId is { } id ? [new("federation_issuer", id)] : [],
            [
                ("issuer_id", result.IssuerId),
                ("issuer_url", issuer.Url),
                ("accepted", result.Accepted),
                ("error_code", result.ErrorCode),
                ("urls", result.Fetches.Select(fetch => fetch.Url)),
            ]
        );

    private static AuditData GetSettings(IssuerDocument document) =>
        AuditData.From(
            JsonSerializer.SerializeToElement(document, FederationJson.Default.IssuerDocument),
            member => !Elsewhere.Contains(member.Name)
        );

    private static AuditEvent About(string name, AuditOrigin origin, Issuer issuer, AuditData data) =>
        new(
            name,
            origin,
            issuer.OrganizationId,
            [new("federation_issuer", issuer.Id.Value)],
            [("issuer_id", issuer.Id.Value), .. data]
        );
}
