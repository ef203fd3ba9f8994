using System.Text;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Jose;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>
/// The trace of a grant of the past. None is stored, because grants are many: the recorded claims and the rule's version
/// say again what was looked at.
/// </summary>
internal sealed class GrantTrace(AssertionEvaluator evaluator, FederationDirectory directory)
{
    /// <summary>JSON; null when the claims are gone, or the rule is no longer in the version that granted.</summary>
    public async ValueTask<string?> ReproduceAsync(HistoryEntry entry, CancellationToken cancellationToken)
    {
        if (
            !entry.IsGranted
            || entry.ClaimsJson is not { } text
            || directory.Current.FindRule(entry.RuleId) is not { } rule
            || rule.Rule.Version != entry.RuleVersion
            || ClaimSet.TryParse(Encoding.UTF8.GetBytes(text), out var claims) != JoseRefusal.None
        )
        {
            return null;
        }

        var trace = new AssertionTrace { IsReproduced = true };
        var context = AssertionContext.OfClaims(claims!, rule, entry.At, ignoresClock: false, trace);
        var denial = await evaluator.EvaluateAsync(context, cancellationToken);
        return new Explanation(context, denial).ToJson();
    }
}
