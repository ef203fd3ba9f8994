namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal enum CelPatternKind
{
    Character,

    /// <summary>Continues in two states.</summary>
    Split,

    Begin,

    End,

    /// <summary>A word begins or ends here (ASCII).</summary>
    WordBoundary,

    NoWordBoundary,

    /// <summary>Continues without a character.</summary>
    Jump,

    Match,
}
