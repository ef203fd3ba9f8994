namespace Culvert.Identity.Service.Federation.Lints;

internal enum PinKind
{
    /// <summary>One of a few whole values.</summary>
    Exact,

    Prefix,

    Segments,

    /// <summary>An element of a list.</summary>
    Contains,

    /// <summary>Read by the rule's expression, with an unknown constraint.</summary>
    Expression,
}
