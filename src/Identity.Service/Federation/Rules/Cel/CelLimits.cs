namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>Bounds on expressions and on their evaluation.</summary>
internal static class CelLimits
{
    /// <summary>Longest expression, in UTF-16 characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>
    /// Deepest nesting of parentheses, brackets, arguments and ternaries. Chains of operators and selections do not
    /// nest: <c>a.b.c == 1 &amp;&amp; d.e == 2</c> has depth 1.
    /// </summary>
    public const int MaxDepth = 8;

    /// <summary>Longest chain of one operator, such as <c>1 + 2 + …</c> or <c>a.b.c…</c>: each link is a stack frame.</summary>
    public const int MaxChain = 64;

    /// <summary>
    /// Most steps of one evaluation. A step is a visited node, an element read, or a few characters read: about
    /// 50 ns, so that the most expensive expression takes at most 5 ms on the largest token.
    /// </summary>
    public const int MaxSteps = 50_000;

    /// <summary>Characters that are read, copied or compared for one step.</summary>
    public const int CharactersPerStep = 16;

    /// <summary>Largest pattern of <c>matches</c>, in instructions after repetitions are unrolled.</summary>
    public const int MaxPatternSize = 1000;

    /// <summary>Integers up to here are the same number as a double.</summary>
    public const long MaxExactInteger = 1L << 53;
}
