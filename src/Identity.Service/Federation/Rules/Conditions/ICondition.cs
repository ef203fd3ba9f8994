using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>
/// One condition of a rule on a verified token's claims. A rule grants only if all of its conditions hold, so adding
/// one never widens it. Comparison is ordinal; types are never converted.
/// </summary>
internal interface ICondition
{
    ConditionOrigin Origin { get; }

    /// <summary>The claim's path as the rule's author wrote it; <c>condition</c> for CEL.</summary>
    string Claim { get; }

    /// <summary>The top-level claim that is or contains the claim; null for CEL, which may read several.</summary>
    string? TopLevelClaim { get; }

    /// <summary><c>eq</c>, <c>in</c>, <c>prefix</c>, <c>segments</c>, <c>contains</c> or <c>cel</c>.</summary>
    string Operator { get; }

    /// <summary>What the rule requires, as text: for administrators, never for callers.</summary>
    string Expected { get; }

    /// <summary>It reads the groups of the directory that the person is in; without them it fails.</summary>
    bool ReadsGroups => false;

    ConditionOutcome Evaluate(ClaimSet claims, PersonGroups? groups = null);

    /// <summary>The token's own value, as text; null if the claim is absent or the condition reads several.</summary>
    string? Actual(ClaimSet claims);

    bool Holds(ClaimSet claims) => Evaluate(claims).Holds;
}
