namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <param name="position">The most significant character of the part, counted from 1.</param>
/// <param name="type">The type of its value, as far as it is known without claims.</param>
/// <param name="chain">The length of the longest path of nodes below it.</param>
internal abstract class CelNode(int position, CelType type, int chain)
{
    public int Position => position;

    public CelType Type => type;

    public int Chain => chain;

    /// <summary>In the order of the text.</summary>
    public virtual IReadOnlyList<CelNode> Children => [];

    /// <summary>A value or a <see cref="CelErrorValue"/>; costs a step.</summary>
    public object Evaluate(CelFrame frame) => frame.Spend(1) ? Compute(frame) : CelErrorValue.OverBudget;

    protected abstract object Compute(CelFrame frame);

    protected static int Above(params ReadOnlySpan<CelNode> nodes)
    {
        var longest = 0;
        foreach (var node in nodes)
        {
            longest = Math.Max(longest, node.Chain);
        }

        return longest + 1;
    }
}
