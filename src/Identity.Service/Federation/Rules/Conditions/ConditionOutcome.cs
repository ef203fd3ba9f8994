namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <param name="Detail">Why it <see cref="ConditionVerdict.Fails"/>; may contain names that the rule's author wrote.</param>
internal readonly record struct ConditionOutcome(ConditionVerdict Verdict, string? Detail = null)
{
    public bool Holds => Verdict == ConditionVerdict.Holds;
}
