namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>The one variable of an expression: <c>claims</c>.</summary>
internal sealed class CelClaimsVariable(int position) : CelNode(position, CelType.Map, 1)
{
    public const string Name = "claims";

    protected override object Compute(CelFrame frame) => frame.Claims;
}
