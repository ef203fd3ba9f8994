namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal sealed class ClaimIsOneOf(ConditionOrigin origin, ClaimPath path, MatchValue[] values)
    : ClaimCondition(origin, path)
{
    public override string Operator => "in";

    public override string Expected => $"[{string.Join(',', values.Select(value => value.Json))}]";

    protected override bool IsSatisfiedBy(ReadOnlySpan<byte> raw)
    {
        foreach (var value in values)
        {
            if (value.EqualsClaim(raw))
            {
                return true;
            }
        }

        return false;
    }
}
