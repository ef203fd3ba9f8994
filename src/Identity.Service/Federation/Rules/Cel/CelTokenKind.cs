namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal enum CelTokenKind
{
    End,

    Identifier,

    /// <summary><c>true</c>, <c>false</c>, <c>null</c> or <c>in</c>.</summary>
    Keyword,
    Int,
    Uint,
    Double,
    String,

    /// <summary>An operator, a bracket or a separator.</summary>
    Punctuation,
}
