namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal sealed class CelCall(int position, CelFunction function, CelNode target, CelNode? argument)
    : CelNode(
        position,
        function == CelFunction.Size ? CelType.Int : CelType.Bool,
        argument is null ? Above(target) : Above(target, argument)
    )
{
    public CelFunction Function => function;

    public CelNode Target => target;

    public CelNode? Argument => argument;

    public override IReadOnlyList<CelNode> Children => argument is null ? [target] : [target, argument];

    protected override object Compute(CelFrame frame)
    {
        var value = target.Evaluate(frame);
        if (value is CelErrorValue error)
        {
            return error;
        }

        if (argument is null)
        {
            return Size(value, frame);
        }

        var other = argument.Evaluate(frame);
        return (value, other) switch
        {
            (_, CelErrorValue bad) => bad,
            (string text, string part) => frame.Spend(Cost(text, part))
                ? (object)Holds(text, part)
                : CelErrorValue.OverBudget,
            _ => CelErrorValue.NoOverload(CelFunctions.Name(function), value, other),
        };
    }

    // A search may compare the part at every position of the text.
    private int Cost(string text, string part)
    {
        var places = function == CelFunction.Contains ? 1 + (text.Length / CelLimits.CharactersPerStep) : 1;
        var cost = (long)places * (1 + (part.Length / CelLimits.CharactersPerStep));
        return (int)Math.Min(cost, int.MaxValue);
    }

    private bool Holds(string text, string part) =>
        function switch
        {
            CelFunction.StartsWith => text.StartsWith(part, StringComparison.Ordinal),
            CelFunction.EndsWith => text.EndsWith(part, StringComparison.Ordinal),
            _ => text.Contains(part, StringComparison.Ordinal),
        };

    private static object Size(object value, CelFrame frame)
    {
        switch (value)
        {
            case string text:
                return frame.SpendOn(text) ? CodePoints(text) : CelErrorValue.OverBudget;
            case CelList list:
                return (long)list.Items.Count;
            case CelMap map:
                return (long)map.Count;
            default:
                return CelErrorValue.NoOverload("size", value);
        }
    }

    private static long CodePoints(string text)
    {
        var count = 0L;
        foreach (var c in text)
        {
            count += char.IsLowSurrogate(c) ? 0 : 1;
        }

        return count;
    }
}
