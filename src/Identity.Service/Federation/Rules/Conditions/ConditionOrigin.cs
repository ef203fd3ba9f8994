namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>Which member of a rule's <c>match</c> a condition comes from.</summary>
internal enum ConditionOrigin
{
    /// <summary><c>subject_prefix</c> or <c>subject_segments</c>.</summary>
    Subject,

    /// <summary><c>claims</c>.</summary>
    Claims,

    /// <summary><c>matchers</c>.</summary>
    Matchers,

    /// <summary><c>condition</c>: CEL.</summary>
    Condition,
}
