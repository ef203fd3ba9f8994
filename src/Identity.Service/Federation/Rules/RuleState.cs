namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>What a version of a rule does to live traffic.</summary>
internal enum RuleState
{
    /// <summary>Nothing: it is being written. Mints nothing.</summary>
    Draft,

    /// <summary>
    /// It is tried on live traffic while the version that was enforced before continues to decide. Without one, mints
    /// nothing.
    /// </summary>
    Audit,

    /// <summary>It decides.</summary>
    Enforce,

    /// <summary>Nothing: it was switched off. Mints nothing, and what it minted ends.</summary>
    Disabled,
}
