namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal sealed class ClaimHasPrefix(ConditionOrigin origin, ClaimPath path, MatchValue prefix)
    : ClaimCondition(origin, path)
{
    public override string Operator => "prefix";

    public override string Expected => Show(prefix);

    protected override bool IsSatisfiedBy(ReadOnlySpan<byte> raw) =>
        RawClaim.IsString(raw) && RawClaim.Utf8(raw).StartsWith(prefix.Utf8);
}
