namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal sealed class ClaimHasSegments(ConditionOrigin origin, ClaimPath path, SegmentPattern pattern)
    : ClaimCondition(origin, path)
{
    public override string Operator => "segments";

    public override string Expected => pattern.Text;

    protected override bool IsSatisfiedBy(ReadOnlySpan<byte> raw) =>
        RawClaim.IsString(raw) && pattern.Matches(RawClaim.Utf8(raw));
}
