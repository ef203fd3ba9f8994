namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal enum CelPatternKind
{
    /// <summary>One character of a set.</summary>
    Character,

    /// <summary>Continues in two places.</summary>
    Split,

    /// <summary>The beginning of the text.</summary>
    Begin,

    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A word begins or ends here (ASCII).</summary>
    WordBoundary,

    NoWordBoundary,

    /// <summary>Continues without a character.</summary>
    Jump,

    Match,
}
