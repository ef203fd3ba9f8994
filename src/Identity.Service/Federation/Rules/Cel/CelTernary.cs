namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary><c>c ? a : b</c>: only the chosen branch is evaluated.</summary>
internal sealed class CelTernary(int position, CelNode condition, CelNode then, CelNode otherwise)
    : CelNode(position, then.Type == otherwise.Type ? then.Type : CelType.Dyn, Above(condition, then, otherwise))
{
    public override IReadOnlyList<CelNode> Children => [condition, then, otherwise];

    protected override object Compute(CelFrame frame) =>
        condition.Evaluate(frame) switch
        {
            true => then.Evaluate(frame),
            false => otherwise.Evaluate(frame),
            CelErrorValue error => error,
            var other => CelErrorValue.NoOverload("?:", other),
        };
}
