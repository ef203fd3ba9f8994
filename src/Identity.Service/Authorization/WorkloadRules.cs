using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Chooses the rule for a workload's token among the organization's rules that grant scopes of routes.</summary>
internal sealed class WorkloadRules(
    FederationDirectory directory,
    AssertionEvaluator evaluator,
    TokenTargets targets,
    TimeProvider time
)
{
    /// <summary>
    /// The first rule, in order of id, that would grant the request if its claims are true. If none would, the one that is
    /// nearest to it: its denial is recorded, and says what is missing. Null if no rule is about the issuer.
    /// </summary>
    public async ValueTask<string?> ChooseAsync(
        ExchangeRequest request,
        ClaimSet claims,
        CancellationToken cancellationToken
    )
    {
        string? ofIssuer = null;
        string? ofWorkload = null;
        var issuer = claims.FindString("iss"u8);
        foreach (
            var rule in directory
                .Current.RulesIn(request.OrganizationId!)
                .Where(rule => IsCandidate(rule, issuer))
                .OrderBy(rule => rule.Rule.Id.Value, StringComparer.Ordinal)
        )
        {
            var id = rule.Rule.Id.Value;
            ofIssuer ??= id;
            var context = AssertionContext.OfClaims(claims, request, rule, time.GetUtcNow());
            if (await evaluator.EvaluateAsync(context, cancellationToken) is not null)
            {
                continue;
            }

            ofWorkload ??= id;
            if (
                (request.Scopes is not { } scopes || scopes.All(context.Granted.Set.Contains))
                && await targets.AllowsAsync(rule, context.WorkspaceId!, request.Target!, cancellationToken)
            )
            {
                return id;
            }
        }

        return ofWorkload ?? ofIssuer;
    }

    // Tokens of a SPIFFE issuer are recognized by the trust domain of their subject, which the evaluation compares.
    private static bool IsCandidate(CompiledRule rule, string? issuer) =>
        rule.IsLive
        && rule.Rule.SubjectType == SubjectType.Workload
        && rule.Rule.RouteScopes.Count > 0
        && (rule.Issuer.Url == issuer || rule.Issuer.TrustDomain is not null);
}
