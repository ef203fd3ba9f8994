using System.Net;
using System.Text;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Evaluates an organization's rules for people on the claims of a verified sign-in or assertion.</summary>
internal sealed class PersonRules(
    FederationDirectory directory,
    AssertionEvaluator evaluator,
    TokenTargets targets,
    ServiceIdentity identity,
    TimeProvider time
)
{
    /// <summary>Whether any rule for people is about this route.</summary>
    public async ValueTask<bool> HasTargetAsync(
        string organizationId,
        string resource,
        CancellationToken cancellationToken
    )
    {
        foreach (var rule in FindRules(organizationId))
        {
            foreach (var workspace in rule.Rule.WorkspaceIds.Append(rule.DefaultWorkspaceId))
            {
                if (await AllowsAsync(rule, workspace, resource, cancellationToken))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>One rule of each issuer with this URL that rules for people name.</summary>
    public IEnumerable<CompiledRule> FindIssuers(string organizationId, string? issuerUrl) =>
        FindRules(organizationId)
            .Where(rule => rule.Issuer.Url == issuerUrl)
            .OrderBy(rule => rule.Rule.Id.Value, StringComparer.Ordinal)
            .DistinctBy(rule => rule.Issuer.Id);

    /// <summary>
    /// The first rule in order of id that grants all requested scopes, else the first that grants any of them.
    /// </summary>
    /// <param name="organizationId">Whose rules.</param>
    /// <param name="person">Proven.</param>
    /// <param name="resource">The route.</param>
    /// <param name="clientId">The client that requests the token.</param>
    /// <param name="scopes">Null = all that the rule grants.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <param name="issuer">Only rules of this record, whose keys proved the person; null = any with the same URL.</param>
    public async ValueTask<PersonDecision> DecideAsync(
        string organizationId,
        SignedInPerson person,
        string resource,
        string clientId,
        IReadOnlyList<string>? scopes,
        CancellationToken cancellationToken,
        IssuerId? issuer = null
    )
    {
        PersonDecision? narrower = null;
        var denial = DenialReason.ScopeNotGranted;
        foreach (
            var rule in FindRules(organizationId)
                .Where(rule => issuer is null || rule.Issuer.Id == issuer)
                .OrderBy(rule => rule.Rule.Id.Value, StringComparer.Ordinal)
        )
        {
            var decided = await EvaluateAsync(rule, person, resource, clientId, scopes, cancellationToken);
            if (decided.Rule is null)
            {
                denial = decided.Denial;
                continue;
            }

            if (scopes is null || decided.Scope.Split(' ').Length == scopes.Distinct(StringComparer.Ordinal).Count())
            {
                return decided;
            }

            narrower ??= decided;
        }

        return narrower ?? PersonDecision.Denied(denial);
    }

    /// <summary>Evaluates one rule again, for a code or a refresh token.</summary>
    public async ValueTask<PersonDecision> DecideAsync(
        string organizationId,
        string ruleId,
        SignedInPerson person,
        string resource,
        string clientId,
        IReadOnlyList<string> scopes,
        CancellationToken cancellationToken
    ) =>
        directory.Current.FindRule(ruleId) is { } rule
        && rule.Rule.OrganizationId == organizationId
        && rule.Rule.SubjectType == SubjectType.Person
            ? await EvaluateAsync(rule, person, resource, clientId, scopes, cancellationToken)
            : PersonDecision.Denied(DenialReason.RuleArchived);

    private IEnumerable<CompiledRule> FindRules(string organizationId) =>
        directory
            .Current.RulesIn(organizationId)
            .Where(rule => rule.IsLive && rule.Rule.SubjectType == SubjectType.Person);

    private async ValueTask<PersonDecision> EvaluateAsync(
        CompiledRule rule,
        SignedInPerson person,
        string resource,
        string clientId,
        IReadOnlyList<string>? scopes,
        CancellationToken cancellationToken
    )
    {
        if (rule.Issuer.Url != person.IssuerUrl)
        {
            return PersonDecision.Denied(DenialReason.IssuerUnknown);
        }

        if (ClaimSet.TryParse(Encoding.UTF8.GetBytes(person.Claims), out var claims) != JoseRefusal.None)
        {
            return PersonDecision.Denied(DenialReason.SubjectInvalid);
        }

        var request = new ExchangeRequest
        {
            Assertion = default,
            RuleId = rule.Rule.Id.Value,
            OrganizationId = rule.Rule.OrganizationId,
            RequestId = "",
            Source = IPAddress.None,
        };
        var context = AssertionContext.ForPerson(claims!, request, rule, time.GetUtcNow());
        if (await evaluator.EvaluateAsync(context, cancellationToken) is { } denial)
        {
            return PersonDecision.Denied(denial.Reason);
        }

        if (rule.Rule.ClientIds.Count > 0 && !rule.Rule.ClientIds.Contains(clientId))
        {
            return PersonDecision.Denied(DenialReason.ClientNotAllowed);
        }

        if (!await AllowsAsync(rule, context.WorkspaceId!, resource, cancellationToken))
        {
            return PersonDecision.Denied(DenialReason.TargetNotAllowed);
        }

        var granted = context.Granted.InOrder.Where(scope => scopes is null || scopes.Contains(scope));
        var scope = string.Join(' ', granted);
        return scope.Length == 0
            ? PersonDecision.Denied(DenialReason.ScopeNotGranted)
            : new PersonDecision(rule, context.WorkspaceId!, scope, default);
    }

    // The service itself is a target of exchanges, never of a person's token.
    private async ValueTask<bool> AllowsAsync(
        CompiledRule rule,
        string workspaceId,
        string resource,
        CancellationToken cancellationToken
    ) => resource != identity.PublicUrl && await targets.AllowsAsync(rule, workspaceId, resource, cancellationToken);
}
