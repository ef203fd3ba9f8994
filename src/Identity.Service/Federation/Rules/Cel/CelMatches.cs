namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary><c>s.matches(p)</c>: whether a part of the text matches (CEL specification); ^ and $ anchor.</summary>
internal sealed class CelMatches(int position, CelNode target, CelPattern pattern)
    : CelNode(position, CelType.Bool, target.Chain + 1)
{
    public CelNode Target => target;

    public CelPattern Pattern => pattern;

    public override IReadOnlyList<CelNode> Children => [target];

    protected override object Compute(CelFrame frame) =>
        target.Evaluate(frame) switch
        {
            CelErrorValue error => error,
            string text => pattern.IsMatch(text, frame) is { } holds ? holds : CelErrorValue.OverBudget,
            var other => CelErrorValue.NoOverload("matches", other),
        };
}
