namespace Culvert.Identity.Service.Federation.Rules.Conditions;

internal enum ConditionOrigin
{
    /// <summary><c>subject_prefix</c> or <c>subject_segments</c>.</summary>
    Subject,

    Claims,

    Matchers,

    /// <summary>A CEL expression.</summary>
    Condition,
}
