namespace Culvert.Identity.Cli.Output;

/// <summary>What becomes of a column where a terminal is too narrow for all of them.</summary>
internal enum Fit
{
    /// <summary>Left out, the last ones first; <c>-o wide</c> shows it.</summary>
    Drop,

    /// <summary>Always whole: ids are copied, states decide what to do next.</summary>
    Keep,

    /// <summary>Always there, folded into what the others leave.</summary>
    Wrap,
}
