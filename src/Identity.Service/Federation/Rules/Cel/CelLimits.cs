namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal static class CelLimits
{
    /// <summary>The longest expression, in UTF-16 characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>
    /// The deepest nesting of parentheses, brackets, arguments and ternaries. Chains of operators and selections do not
    /// nest: <c>a.b.c == 1 &amp;&amp; d.e == 2</c> has depth 1.
    /// </summary>
    public const int MaxDepth = 8;

    /// <summary>The longest chain such as <c>1 + 2 + …</c> or <c>a.b.c…</c>: each link is a stack frame.</summary>
    public const int MaxChain = 64;

    /// <summary>
    /// The most steps of one evaluation. A step is a visited node, an element read, or a few characters read: about 50
    /// ns, so that the most expensive expression takes at most 5 ms on the largest token.
    /// </summary>
    public const int MaxSteps = 50_000;

    /// <summary>Characters that are read, copied or compared for one step.</summary>
    public const int CharactersPerStep = 16;

    /// <summary>The largest pattern of <c>matches</c>, in instructions after repetitions are unrolled.</summary>
    public const int MaxPatternSize = 1000;

    /// <summary>A double represents every integer up to this one exactly.</summary>
    public const long MaxExactInteger = 1L << 53;
}
