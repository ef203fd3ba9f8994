using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>One condition of a rule, and its result for the claims of a token.</summary>
/// <param name="Claim">The claim that the condition reads; <c>condition</c> if it is a CEL expression.</param>
/// <param name="Operator"><c>eq</c>, <c>in</c>, <c>prefix</c>, <c>segments</c>, <c>contains</c> or <c>cel</c>.</param>
/// <param name="Want">What the rule requires. Only administrators may see it.</param>
/// <param name="Got">The value in the token, redacted if it is personal; null if the claim is absent.</param>
internal sealed record TraceCondition(
    string Claim,
    [property: JsonPropertyName("op")] string Operator,
    string Want,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Got,
    [property: JsonPropertyName("ok")] bool Holds
)
{
    public static TraceCondition From(ICondition condition, ClaimSet claims, PersonGroups? groups = null)
    {
        var outcome = condition.Evaluate(claims, groups);
        var got = condition.Actual(claims) ?? outcome.Detail;
        if (got is not null)
        {
            got = ClaimText.IsPersonal(condition.TopLevelClaim ?? "") ? ClaimText.Redacted : UntrustedText.Bounded(got);
        }

        return new TraceCondition(condition.Claim, condition.Operator, condition.Expected, got, outcome.Holds);
    }
}
