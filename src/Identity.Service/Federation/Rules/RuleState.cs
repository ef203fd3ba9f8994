namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>The effect of a rule's version on live traffic.</summary>
internal enum RuleState
{
    /// <summary>The version is being written. Mints nothing.</summary>
    Draft,

    /// <summary>
    /// The version is tried on live traffic while the previously enforced version decides. Without one, mints nothing.
    /// </summary>
    Audit,

    Enforce,

    /// <summary>The rule is disabled. Mints nothing, and what it minted ends.</summary>
    Disabled,
}
