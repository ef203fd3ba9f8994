using Culvert.Identity.Service.Federation.Explain;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>Rule, issuer and service account are unarchived.</summary>
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
            _ => null,
        };
}
