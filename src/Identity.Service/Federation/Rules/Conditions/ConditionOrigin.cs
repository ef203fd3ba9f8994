namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>The member of a rule's <c>match</c> that a condition comes from.</summary>
internal enum ConditionOrigin
{
    /// <summary><c>subject_prefix</c> or <c>subject_segments</c>.</summary>
    Subject,

    Claims,

    Matchers,

    /// <summary>A CEL expression.</summary>
    Condition,
}
