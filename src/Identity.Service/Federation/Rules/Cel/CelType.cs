namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>What is known of a value's type before there are claims.</summary>
internal enum CelType
{
    /// <summary>Unknown: it depends on the claims.</summary>
    Dyn,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Null,
    List,
    Map,
}
