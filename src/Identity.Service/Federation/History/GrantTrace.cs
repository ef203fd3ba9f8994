using System.Net;
using System.Text;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// Reproduces the trace of a recorded grant. None is stored, because there are many grants: the recorded claims and the
/// rule's version are enough to repeat the evaluation.
/// </summary>
internal sealed class GrantTrace(AssertionEvaluator evaluator, IRuleStore rules, DraftCompiler versions)
{
    /// <summary>JSON; null if the claims are deleted. Evaluates the version that granted, which is kept.</summary>
    public async ValueTask<string?> ReproduceAsync(
        string organizationId,
        HistoryEntry entry,
        CancellationToken cancellationToken
    )
    {
        if (
            !entry.IsGranted
            || entry.ClaimsJson is not { } text
            || entry.RuleVersion is not { } version
            || ClaimSet.TryParse(Encoding.UTF8.GetBytes(text), out var claims) != JoseRefusal.None
            || await rules.FindVersionAsync(organizationId, entry.RuleId, version, cancellationToken)
                is not { } granting
        )
        {
            return null;
        }

        var rule = await versions.CompileAsync(granting, cancellationToken, asUnarchived: true);
        if (!rule.IsOk)
        {
            return null;
        }

        var trace = new AssertionTrace { IsReproduced = true };
        var request = new ExchangeRequest
        {
            Assertion = default,
            RuleId = entry.RuleId,
            OrganizationId = organizationId,
            WorkspaceId = entry.WorkspaceId,
            RequestId = entry.RequestId ?? "",
            Source = IPAddress.None,
        };
        var context = AssertionContext.OfClaims(claims!, request, rule.Value, entry.At, ignoresClock: false, trace);
        var denial = await evaluator.EvaluateAsync(context, cancellationToken);
        return new Explanation(context, denial).ToJson();
    }
}
