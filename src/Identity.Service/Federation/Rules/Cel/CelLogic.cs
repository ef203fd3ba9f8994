namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>
/// <c>&amp;&amp;</c> or <c>||</c> over any number of operands. Commutative: a deciding operand decides regardless of
/// the others, errors included.
/// </summary>
internal sealed class CelLogic(int position, bool isAnd, IReadOnlyList<CelNode> operands)
    : CelNode(position, CelType.Bool, Above([.. operands]))
{
    public bool IsAnd => isAnd;

    public override IReadOnlyList<CelNode> Children => operands;

    protected override object Compute(CelFrame frame)
    {
        CelErrorValue? undecided = null;
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(frame);
            if (value is bool truth)
            {
                if (truth != isAnd)
                {
                    return truth;
                }
            }
            else
            {
                undecided ??= value as CelErrorValue ?? CelErrorValue.NoOverload(isAnd ? "&&" : "||", value);
            }
        }

        return (object?)undecided ?? isAnd;
    }
}
