namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary><c>e[i]</c>: of a map by key, of a list by position.</summary>
internal sealed class CelIndex(int position, CelNode operand, CelNode index)
    : CelNode(position, CelType.Dyn, Above(operand, index))
{
    public CelNode Operand => operand;

    public CelNode Index => index;

    public override IReadOnlyList<CelNode> Children => [operand, index];

    protected override object Compute(CelFrame frame)
    {
        var container = operand.Evaluate(frame);
        var key = index.Evaluate(frame);
        return (container, key) switch
        {
            (CelErrorValue error, _) => error,
            (_, CelErrorValue error) => error,
            (CelMap map, string or bool or long or ulong or double) => map.Find(key, frame)
                ?? new CelErrorValue(key is string name ? $"{name} is absent" : "a key is absent"),
            (CelList list, long or ulong or double) => Element(list, key),
            _ => CelErrorValue.NoOverload("[]", container, key),
        };
    }

    private static object Element(CelList list, object key)
    {
        // A whole double is a position too, because every number of a claim is a double.
        var isPosition = CelNumbers.Compare(key, 0L) >= 0 && CelNumbers.Compare(key, (long)list.Items.Count) < 0;
        var at = key switch
        {
            long whole => whole,
            ulong whole => (long)whole,
            double number when number == Math.Floor(number) && isPosition => (long)number,
            _ => -1,
        };
        return isPosition && at >= 0 ? list.Items[(int)at] : new CelErrorValue("a position is outside the list");
    }
}
