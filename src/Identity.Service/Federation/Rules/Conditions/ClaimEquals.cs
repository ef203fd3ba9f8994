namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal sealed class ClaimEquals(ConditionOrigin origin, ClaimPath path, MatchValue value)
    : ClaimCondition(origin, path)
{
    public override string Operator => "eq";

    public override string Expected => Show(value);

    protected override bool IsSatisfiedBy(ReadOnlySpan<byte> raw) => value.EqualsClaim(raw);
}
