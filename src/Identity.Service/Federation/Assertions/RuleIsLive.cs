using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>Rule, issuer and service account are not archived, and a version of the rule is in force.</summary>
internal sealed class RuleIsLive() : ImmediateCheck(AssertionSteps.Request)
{
    public override void Describe(AssertionContext context, TraceStep step)
    {
        step.Rule = context.Rule.Rule.Id.Value;
        step.Ver = context.Rule.Rule.Version;
    }

    /// <summary>Why the rule grants nothing now; null if it is in force.</summary>
    public static DenialReason? FindDenial(CompiledRule rule, DateTimeOffset now) =>
        rule switch
        {
            { Rule.IsArchived: true } => DenialReason.RuleArchived,
            { Issuer.IsArchived: true } => DenialReason.IssuerDisabled,
            { Account.IsArchived: true } => DenialReason.PrincipalDisabled,
            { Rule.AwaitsApproval: true } => DenialReason.RuleNotApproved,
            { IsLive: false } => ToReason(rule.Rule.State),
            { Rule: var version } when version.HasExpired(now) => DenialReason.RuleExpired,
            _ => null,
        };

    protected override Denial? Check(AssertionContext context) =>
        FindDenial(context.Rule, context.Now) is { } error ? new Denial(error) : null;

    private static DenialReason ToReason(RuleState state) =>
        state switch
        {
            RuleState.Draft => DenialReason.RuleDraft,
            RuleState.Audit => DenialReason.RuleAuditOnly,
            _ => DenialReason.RuleDisabled,
        };
}
