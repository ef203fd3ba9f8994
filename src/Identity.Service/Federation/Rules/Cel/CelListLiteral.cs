namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal sealed class CelListLiteral(int position, IReadOnlyList<CelNode> items)
    : CelNode(position, CelType.List, Above([.. items]))
{
    public override IReadOnlyList<CelNode> Children => items;

    protected override object Compute(CelFrame frame)
    {
        var values = new object[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = items[i].Evaluate(frame);
            if (values[i] is CelErrorValue error)
            {
                return error;
            }
        }

        return new CelList(values);
    }
}
