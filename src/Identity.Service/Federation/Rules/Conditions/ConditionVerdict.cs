namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal enum ConditionVerdict
{
    Holds,

    /// <summary>The claim is absent; absence never matches.</summary>
    Missing,

    /// <summary>The claim has another value or another type.</summary>
    Differs,

    /// <summary>The condition could not be evaluated for this token, which never matches.</summary>
    Fails,
}
