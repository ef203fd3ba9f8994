namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal sealed class CelClaimsVariable(int position) : CelNode(position, CelType.Map, 1)
{
    public const string Name = "claims";

    protected override object Compute(CelFrame frame) => frame.Claims;
}
