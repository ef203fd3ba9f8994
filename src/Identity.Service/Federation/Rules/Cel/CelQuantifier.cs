namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary><c>e.all(x, p)</c> and <c>e.exists(x, p)</c>, over a list's elements or a map's keys.</summary>
internal sealed class CelQuantifier(int position, bool isAll, CelNode range, int slot, CelNode predicate)
    : CelNode(position, CelType.Bool, Above(range, predicate))
{
    public override IReadOnlyList<CelNode> Children => [range, predicate];

    protected override object Compute(CelFrame frame)
    {
        var value = range.Evaluate(frame);
        IEnumerable<object> elements;
        switch (value)
        {
            case CelErrorValue error:
                return error;
            case CelList list:
                elements = list.Items;
                break;
            case CelMap map:
                elements = map.Keys;
                break;
            default:
                return CelErrorValue.NoOverload(isAll ? "all" : "exists", value);
        }

        CelErrorValue? undecided = null;
        foreach (var element in elements)
        {
            frame.Variables[slot] = element;
            var holds = predicate.Evaluate(frame);
            if (frame.IsOverBudget)
            {
                return CelErrorValue.OverBudget;
            }

            if (holds is bool truth)
            {
                if (truth != isAll)
                {
                    return truth;
                }
            }
            else
            {
                undecided ??= holds as CelErrorValue ?? CelErrorValue.NoOverload(isAll ? "all" : "exists", holds);
            }
        }

        return (object?)undecided ?? isAll;
    }
}
