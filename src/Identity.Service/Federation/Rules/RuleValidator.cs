using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Federation.ServiceAccounts;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>Decides whether this caller may save a rule. The same checks at creation and after an update.</summary>
internal sealed class RuleValidator(
    IssuerStore issuers,
    ServiceAccountStore accounts,
    TenantStore tenants,
    RuleTargets targets,
    Current<FederationOptions> options
)
{
    public const int MinLifetimeSeconds = 60;
    public const int MaxLifetimeSeconds = 86_400;
    public const int MaxTargets = 64;

    private const int MaxClientUrlLength = 2048;

    public async ValueTask<Refusal?> CheckAsync(Rule rule, Caller caller, CancellationToken cancellationToken) =>
        CheckOwnMembers(rule)
        ?? CheckScopes(rule)
        ?? CheckClients(rule)
        ?? CheckCaller(rule, caller)
        ?? await CheckReferencesAsync(rule, cancellationToken)
        ?? await targets.CheckAsync(rule, cancellationToken);

    /// <summary>
    /// As <see cref="CheckAsync"/> for the rule after a change. A caller that changes a rule must have the right to
    /// write the previous version, unless it only narrows it: no caller takes over a rule that grants more than the
    /// caller may.
    /// </summary>
    public async ValueTask<Refusal?> CheckChangeAsync(
        Rule before,
        Rule after,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        CheckOwnMembers(after)
        ?? CheckScopes(after)
        ?? CheckClients(after)
        ?? (RuleNarrowing.Narrows(before, after) ? null : CheckCaller(before, caller) ?? CheckCaller(after, caller))
        ?? await CheckReferencesAsync(after, cancellationToken)
        ?? await targets.CheckAsync(after, cancellationToken);

    private Refusal? CheckOwnMembers(Rule rule)
    {
        var error = FederationNames.CheckName(rule.Name) ?? FederationNames.CheckDescription(rule.Description);
        if (error is not null)
        {
            return RequestErrors.Invalid.Refuse(error);
        }

        var longest = Math.Min(MaxLifetimeSeconds, (int)options.Value.MaxRuleTokenLife.TotalSeconds);
        if (rule.TokenLifetimeSeconds < MinLifetimeSeconds || rule.TokenLifetimeSeconds > longest)
        {
            return RequestErrors.Invalid.Refuse($"token_lifetime_seconds: a number from 60 to {longest} is required.");
        }

        return rule.AppliesToAllWorkspaces || rule.WorkspaceIds.Count > 0 || rule.Version > 1
            ? null
            : RequestErrors.Invalid.Refuse(
                "workspace_id: exactly one is required unless applies_to_all_workspaces is true."
            );
    }

    private static Refusal? CheckScopes(Rule rule)
    {
        if (rule.RouteScopes.Count > 0)
        {
            return CheckRouteScopes(rule);
        }

        if (rule.SubjectType == SubjectType.Person)
        {
            return FederationErrors.Scope.Refuse("route_scopes: required with subject_type person.");
        }

        if (rule.Scopes.Count == 0 || rule.Scopes.Distinct(StringComparer.Ordinal).Count() != rule.Scopes.Count)
        {
            return FederationErrors.Scope.Refuse("oauth_scope: at least one scope is required, each once.");
        }

        if (rule.Scopes.FirstOrDefault(scope => !Scopes.All.Contains(scope)) is { } unknown)
        {
            return FederationErrors.Scope.Refuse(
                $"oauth_scope: {unknown} is not a scope. Use of these: {string.Join(", ", Scopes.All)}."
            );
        }

        // A rule for rotation jobs that names no tunnel would let them request nothing.
        return CheckIds<TunnelId>(
                rule,
                Scopes.TunnelAgent,
                "tunnel_ids",
                rule.TunnelIds,
                alsoWith: Scopes.CertificateIssue
            )
            ?? CheckIds<EdgeId>(rule, Scopes.EdgeServe, "edge_ids", rule.EdgeIds)
            ?? CheckActors(rule);
    }

    // A token for routes is none for this service: it names no scope of it, and no machine enrols with it.
    private static Refusal? CheckRouteScopes(Rule rule)
    {
        if (rule.Scopes.Count > 0)
        {
            return FederationErrors.Scope.Refuse("oauth_scope: not together with route_scopes.");
        }

        if (rule.EdgeIds.Count > 0)
        {
            return FederationErrors.Scope.Refuse($"edge_ids: only with the scope {Scopes.EdgeServe}.");
        }

        if (rule.TunnelIds.Count == 0)
        {
            return FederationErrors.Scope.Refuse("tunnel_ids: required with route_scopes.");
        }

        if (rule.SubjectType == SubjectType.Person && rule.ActorIds.Count > 0)
        {
            return RequestErrors.Invalid.Refuse("actor_ids: no account acts for a person.");
        }

        return RouteScopes.Check(rule.RouteScopes)
            ?? CheckIdList<TunnelId>("tunnel_ids", rule.TunnelIds)
            ?? CheckActors(rule);
    }

    private static Refusal? CheckClients(Rule rule)
    {
        if (rule.ClientIds.Count == 0)
        {
            return null;
        }

        if (rule.SubjectType != SubjectType.Person)
        {
            return RequestErrors.Invalid.Refuse("client_ids: only with subject_type person.");
        }

        return CheckList(
            "client_ids",
            rule.ClientIds,
            IsClientId,
            "neither the id of a client nor the https URL of a metadata document."
        );
    }

    private static bool IsClientId(string? id) =>
        OAuthClientId.TryParse(id, out _)
        || (
            id is { Length: <= MaxClientUrlLength }
            && id.StartsWith("https://", StringComparison.Ordinal)
            && id.All(c => c is > ' ' and < '\x7f')
            && Uri.TryCreate(id, UriKind.Absolute, out _)
        );

    // No account acts for itself: such a chain would have no meaning.
    private static Refusal? CheckActors(Rule rule) =>
        rule.ActorIds.Contains(rule.ServiceAccountId.Value)
            ? RequestErrors.Invalid.Refuse("actor_ids: the rule's own service account cannot act for itself.")
            : CheckIdList<ServiceAccountId>("actor_ids", rule.ActorIds);

    // S3, S6: a machine's scope is granted for named machines only; ids without the scope would be misread as a limit.
    private static Refusal? CheckIds<TId>(
        Rule rule,
        string scope,
        string member,
        IReadOnlyList<string> ids,
        string? alsoWith = null
    )
        where TId : struct, IIdentifier<TId>
    {
        var granted = rule.Scopes.Contains(scope);
        if (granted && ids.Count == 0)
        {
            return FederationErrors.Scope.Refuse($"{member}: required with the scope {scope}.");
        }

        if (!granted && ids.Count > 0 && (alsoWith is null || !rule.Scopes.Contains(alsoWith)))
        {
            var scopes = alsoWith is null ? scope : $"{scope} or {alsoWith}";
            return FederationErrors.Scope.Refuse($"{member}: only with the scope {scopes}.");
        }

        return CheckIdList<TId>(member, ids);
    }

    private static Refusal? CheckIdList<TId>(string member, IReadOnlyList<string> ids)
        where TId : struct, IIdentifier<TId> =>
        CheckList(member, ids, id => Identifier.TryParse<TId>(id, out _), $"not a well-formed {TId.Prefix}_ tagged ID");

    /// <param name="problem">What a value is that is not well-formed.</param>
    private static Refusal? CheckList(
        string member,
        IReadOnlyList<string> values,
        Func<string?, bool> isWellFormed,
        string problem
    )
    {
        if (values.Count > MaxTargets || values.Distinct(StringComparer.Ordinal).Count() != values.Count)
        {
            return RequestErrors.Invalid.Refuse($"{member}: at most {MaxTargets}, each once.");
        }

        // JSON's null is malformed too: stored, it would be a rule that names nothing.
        foreach (var value in values)
        {
            if (!isWellFormed(value))
            {
                return RequestErrors.Invalid.Refuse($"{member}: {value} is {problem}");
            }
        }

        return null;
    }

    private static Refusal? CheckCaller(Rule rule, Caller caller) =>
        (GrantRights.Lacking(caller, rule.Scopes) ?? GrantRights.LackingForRoutes(caller, rule.RouteScopes))
            is { } error
            ? FederationErrors.ScopeNotGrantable.Refuse(error)
            : null;

    private async ValueTask<Refusal?> CheckReferencesAsync(Rule rule, CancellationToken cancellationToken)
    {
        var issuer = await issuers.FindAsync(rule.OrganizationId, rule.IssuerId.Value, cancellationToken);
        if (issuer is null)
        {
            return FederationErrors.Reference.Refuse("issuer_id: unknown issuer.");
        }

        if (issuer.IsArchived)
        {
            return FederationErrors.Archived.Refuse("issuer_id: the issuer is archived.");
        }

        var account = await accounts.FindAsync(rule.OrganizationId, rule.ServiceAccountId.Value, cancellationToken);
        if (account is null)
        {
            return FederationErrors.Reference.Refuse("target.service_account_id: unknown service account.");
        }

        if (account.IsArchived)
        {
            return FederationErrors.Archived.Refuse("target.service_account_id: the service account is archived.");
        }

        if (rule.Scopes.Contains(Scopes.OrganizationAdmin) && account.Role != OrganizationRole.Admin)
        {
            return FederationErrors.Scope.Refuse("oauth_scope: org:admin needs a service account with the role admin.");
        }

        foreach (var workspace in rule.WorkspaceIds)
        {
            if (!await tenants.HasWorkspaceAsync(rule.OrganizationId, workspace, cancellationToken))
            {
                return FederationErrors.Reference.Refuse("workspace_id: unknown workspace.");
            }
        }

        return null;
    }
}
