namespace Culvert.Identity.Service.Federation.Rules;

internal enum RuleState
{
    /// <summary>The version is being written. Mints nothing.</summary>
    Draft,

    /// <summary>Tried on live traffic while the previously enforced version decides. Without one, mints nothing.</summary>
    Audit,

    Enforce,

    /// <summary>The rule is disabled. Mints nothing, and what it minted ends.</summary>
    Disabled,
}
