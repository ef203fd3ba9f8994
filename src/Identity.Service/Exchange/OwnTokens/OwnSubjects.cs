using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange.OwnTokens;

/// <summary>
/// Accepts an access token of this service as the subject token if 1. it is valid, 2. the rule that the request names
/// granted it, 3. that rule still names the same account and workspace. The token's own claims bound the new grant.
/// </summary>
internal sealed class OwnSubjects(OwnTokenReader reader)
{
    private static readonly IAssertionCheck[] RuleChecks = [new RuleIsLive(), new ServiceAccountIsExpected()];

    public async ValueTask<SubjectDecision> EvaluateAsync(AssertionContext context, CancellationToken cancellationToken)
    {
        if (SignedToken.TryParse(context.Request.Assertion, out var token) is not Jose.Refusals.JoseRefusal.None)
        {
            return new Denial(DenialReason.TokenMalformed);
        }

        context.SetToken(token!);
        var denial = reader.Read(context.Request.Assertion, out var claims, out var isProven);
        context.IsProven = isProven;
        if (denial is not null)
        {
            return denial.Value;
        }

        context.Subject = claims.Subject;
        context.ExpiresAt = claims.ExpiresAt;
        var rule = context.Rule;
        if (claims.Rule != rule.Rule.Id.Value)
        {
            return new Denial(DenialReason.RuleMismatch, Claim: "rule");
        }

        foreach (var check in RuleChecks)
        {
            if (await check.CheckAsync(context, cancellationToken) is { } found)
            {
                return found;
            }
        }

        if (claims.Organization != rule.Rule.OrganizationId || claims.Subject != rule.Account.Id.Value)
        {
            return new Denial(DenialReason.TokenRevoked, "the rule has another target now");
        }

        if (claims.Workspace is not { } workspace || !rule.Rule.Covers(workspace) || !IsAskedFor(context, workspace))
        {
            return new Denial(DenialReason.WorkspaceNotCovered);
        }

        context.WorkspaceId = workspace;
        return new GrantSubject
        {
            Rule = rule,
            RuleVersion = claims.RuleVersion,
            WorkspaceId = workspace,
            ExpiresAt = claims.ExpiresAt,
            SubjectHash = claims.Source!.SubjectHash,
            TokenIdHash = claims.Source.TokenIdHash,
            MayAct = claims.MayAct,
            Own = new OwnToken(claims),
        };
    }

    // A token is for one workspace, and so is every token derived from it.
    private static bool IsAskedFor(AssertionContext context, string workspace) =>
        context.Request.WorkspaceId switch
        {
            null => true,
            ExchangeRequest.DefaultWorkspace => context.Rule.DefaultWorkspaceId == workspace,
            var named => named == workspace,
        };
}
