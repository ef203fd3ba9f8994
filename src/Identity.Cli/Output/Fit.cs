namespace Culvert.Identity.Cli.Output;

/// <summary>What happens to a column on a terminal that is too narrow.</summary>
internal enum Fit
{
    /// <summary>Omitted, last ones first; <c>-o wide</c> shows it.</summary>
    Drop,

    /// <summary>Never shortened: ids are copied, states decide what to do next.</summary>
    Whole,

    /// <summary>Always shown, folded to the remaining width.</summary>
    Wrap,
}
