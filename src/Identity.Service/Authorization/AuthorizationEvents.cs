using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Authorization;

/// <summary>The audit events of the organizations' authorization servers.</summary>
internal static class AuthorizationEvents
{
    public static AuditCause Cause(ApiRequest request, SignedInPerson person) =>
        new(ConsoleSessions.CreateActor(person.IssuerUrl, person.Subject, request), request.RequestId);

    /// <summary>A person allowed a client to use a route.</summary>
    public static AuditEvent SignedIn(AuditOrigin origin, RefreshGrant grant) =>
        new(AuditEvents.OAuthSignIn, origin, grant.OrganizationId, Resources(grant.RuleId), Describe(grant));

    public static AuditEvent SignInDenied(
        AuditOrigin origin,
        string organizationId,
        AuthorizationRequest request,
        string reason
    ) =>
        new(
            AuditEvents.OAuthSignIn,
            origin,
            organizationId,
            [],
            [
                ("client_id", AuditActor.Bounded(request.ClientId)),
                ("audience", request.Resource),
                ("requested_scope", request.Scopes is { } scopes ? AuditActor.Bounded(string.Join(' ', scopes)) : null),
            ]
        )
        {
            Status = AuditStatus.Denied(reason),
        };

    /// <param name="tokenId">Null if the token was denied.</param>
    public static AuditEvent TokenIssued(
        AuditOrigin origin,
        RefreshGrant grant,
        string grantType,
        string? tokenId,
        string? scope,
        string? denial = null
    ) =>
        new(
            AuditEvents.OAuthTokenIssued,
            origin,
            grant.OrganizationId,
            Resources(grant.RuleId),
            [
                .. Describe(grant),
                ("grant_type", grantType),
                ("token_id", tokenId),
                ("token_scope", scope),
                ("jkt", grant.KeyThumbprint),
            ]
        )
        {
            Status = denial is null ? AuditStatus.Success : AuditStatus.Denied(denial),
        };

    /// <summary>A token for an identity assertion, without a grant that could be refreshed.</summary>
    /// <param name="grant">Null if the token was denied.</param>
    public static AuditEvent AssertionRedeemed(
        AuditOrigin origin,
        PresentedAssertion presented,
        string? ruleId,
        Grant? grant,
        string? denial = null
    ) =>
        new(
            AuditEvents.OAuthTokenIssued,
            origin,
            presented.OrganizationId,
            ruleId is null ? [] : Resources(ruleId),
            [
                ("grant_id", null),
                ("federation_rule_id", ruleId),
                ("issuer_id", presented.IssuerId),
                ("client_id", AuditActor.Bounded(presented.ClientId)),
                ("audience", presented.Terms?.Resource),
                ("scope", presented.Terms?.Stated is { } stated ? string.Join(' ', stated) : null),
                ("family", grant?.Family),
                ("grant_type", TokenGrants.JwtBearer),
                ("token_id", grant?.TokenId),
                ("token_scope", grant?.Scope),
                ("jkt", grant?.Confirmation.KeyThumbprint),
                ("assertion_id", presented.AssertionId),
            ]
        )
        {
            Status = denial is null ? AuditStatus.Success : AuditStatus.Denied(denial),
        };

    public static AuditEvent RefreshReused(AuditOrigin origin, RefreshGrant grant) =>
        new(AuditEvents.OAuthRefreshReused, origin, grant.OrganizationId, Resources(grant.RuleId), Describe(grant));

    public static AuditEvent GrantRevoked(AuditOrigin origin, RefreshGrant grant, string reason) =>
        new(
            AuditEvents.OAuthGrantRevoked,
            origin,
            grant.OrganizationId,
            Resources(grant.RuleId),
            [.. Describe(grant), ("reason", reason)]
        );

    private static AuditResource[] Resources(string ruleId) => [new("federation_rule", ruleId)];

    private static AuditData Describe(RefreshGrant grant) =>
        [
            ("grant_id", grant.Id),
            ("federation_rule_id", grant.RuleId),
            ("issuer_id", grant.IssuerId),
            ("client_id", AuditActor.Bounded(grant.ClientId)),
            ("audience", grant.Resource),
            ("scope", grant.Scope),
            ("family", grant.Family),
        ];
}
