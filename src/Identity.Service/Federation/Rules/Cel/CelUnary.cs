namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal sealed class CelUnary(int position, bool isNot, CelNode operand)
    : CelNode(position, isNot ? CelType.Bool : operand.Type, operand.Chain + 1)
{
    public override IReadOnlyList<CelNode> Children => [operand];

    protected override object Compute(CelFrame frame) =>
        (operand.Evaluate(frame), isNot) switch
        {
            (CelErrorValue error, _) => error,
            (bool truth, true) => !truth,
            (long.MinValue, false) => new CelErrorValue("an integer overflows"),
            (long number, false) => -number,
            (double number, false) => -number,
            var (other, _) => CelErrorValue.NoOverload(isNot ? "!" : "-", other),
        };
}
