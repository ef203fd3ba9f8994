using Culvert.Identity.Service.Federation.Explain;
using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>Rule, issuer and service account are unarchived, and a version of the rule is in force.</summary>
internal sealed class RuleIsLive() : ImmediateCheck(AssertionSteps.Request)
{
    public override void Describe(AssertionContext context, TraceStep step)
    {
        step.Add("rule", context.Rule.Rule.Id.Value);
        step.Add("ver", context.Rule.Rule.Version);
    }

    protected override Denial? Check(AssertionContext context) =>
        context.Rule switch
        {
            { Rule.IsArchived: true } => new Denial(DenialReason.RuleArchived),
            { Issuer.IsArchived: true } => new Denial(DenialReason.IssuerDisabled),
            { Account.IsArchived: true } => new Denial(DenialReason.PrincipalDisabled),
            { IsLive: false } => new Denial(ReasonOf(context.Rule.Rule.State)),
            { Rule: var rule } when rule.HasExpired(context.Now) => new Denial(DenialReason.RuleExpired),
            _ => null,
        };

    private static DenialReason ReasonOf(RuleState state) =>
        state switch
        {
            RuleState.Draft => DenialReason.RuleDraft,
            RuleState.Audit => DenialReason.RuleAuditOnly,
            _ => DenialReason.RuleDisabled,
        };
}
