namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>The variable of <c>all</c> or <c>exists</c>.</summary>
internal sealed class CelMacroVariable(int position, int slot) : CelNode(position, CelType.Dyn, 1)
{
    protected override object Compute(CelFrame frame) => frame.Variables[slot];
}
