namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary><c>e.f</c>: the value of a map's key; an absent key is an error.</summary>
internal sealed class CelSelect(int position, CelNode operand, string name)
    : CelNode(position, CelType.Dyn, operand.Chain + 1)
{
    public CelNode Operand => operand;

    public string Field => name;

    public override IReadOnlyList<CelNode> Children => [operand];

    protected override object Compute(CelFrame frame) =>
        operand.Evaluate(frame) switch
        {
            CelErrorValue error => error,
            CelMap map => map.Find(name, frame) ?? new CelErrorValue($"{name} is absent"),
            var other => CelErrorValue.NoOverload($"selecting {name}", other),
        };
}
