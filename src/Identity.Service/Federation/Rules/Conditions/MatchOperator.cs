namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal enum MatchOperator
{
    /// <summary>The claim has this type and value.</summary>
    Eq,

    /// <summary>The claim has the type and value of one of these.</summary>
    In,

    /// <summary>The claim is a string with this prefix.</summary>
    Prefix,

    /// <summary>The claim is a string that a <see cref="SegmentPattern"/> matches.</summary>
    Segments,

    /// <summary>The claim is an array with an element of this type and value.</summary>
    Contains,
}
