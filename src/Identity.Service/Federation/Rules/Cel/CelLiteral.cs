namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal sealed class CelLiteral(int position, object value) : CelNode(position, CelTypes.TypeFor(value), 1)
{
    public object Value => value;

    protected override object Compute(CelFrame frame) => value;
}
