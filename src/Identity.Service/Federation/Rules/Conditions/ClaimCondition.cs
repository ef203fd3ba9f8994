using System.Text;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal abstract class ClaimCondition(ConditionOrigin origin, ClaimPath path) : ICondition
{
    public ConditionOrigin Origin => origin;

    public string Claim => path.Text;

    public string? TopLevelClaim => path.Root;

    public abstract string Operator { get; }

    public abstract string Expected { get; }

    public ConditionOutcome Evaluate(ClaimSet claims, PersonGroups? groups = null)
    {
        if (!path.TryFind(claims, out var raw))
        {
            return new ConditionOutcome(ConditionVerdict.Missing);
        }

        return new ConditionOutcome(IsSatisfiedBy(raw) ? ConditionVerdict.Holds : ConditionVerdict.Differs);
    }

    // A matcher's type matters, so the text shows quotes; elsewhere every reader expects a string.
    public string? Actual(ClaimSet claims)
    {
        if (!path.TryFind(claims, out var raw))
        {
            return null;
        }

        return Encoding.UTF8.GetString(
            origin != ConditionOrigin.Matchers && RawClaim.IsString(raw) ? RawClaim.Utf8(raw) : raw
        );
    }

    protected string Show(MatchValue value) =>
        origin == ConditionOrigin.Matchers ? value.Json : value.Text ?? value.Json;

    /// <param name="raw">The claim's JSON text.</param>
    protected abstract bool IsSatisfiedBy(ReadOnlySpan<byte> raw);
}
