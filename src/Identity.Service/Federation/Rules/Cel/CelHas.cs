namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary><c>has(e.f)</c>: whether the key is present. An absent <c>e</c> itself is an error.</summary>
internal sealed class CelHas(int position, CelSelect selection) : CelNode(position, CelType.Bool, selection.Chain + 1)
{
    public CelSelect Selection => selection;

    public override IReadOnlyList<CelNode> Children => [selection];

    protected override object Compute(CelFrame frame) =>
        selection.Operand.Evaluate(frame) switch
        {
            CelErrorValue error => error,
            CelMap map => map.Find(selection.Field, frame) is not null,
            var other => CelErrorValue.NoOverload($"has({selection.Field})", other),
        };
}
