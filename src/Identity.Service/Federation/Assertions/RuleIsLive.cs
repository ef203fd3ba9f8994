namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>Rule, issuer and service account are unarchived.</summary>
internal sealed class RuleIsLive : ImmediateCheck
{
    protected override Denial? Check(AssertionContext context) =>
        context.Rule switch
        {
            { Rule.IsArchived: true } => new Denial(DenialReason.RuleArchived),
            { Issuer.IsArchived: true } => new Denial(DenialReason.IssuerArchived),
            { Account.IsArchived: true } => new Denial(DenialReason.ServiceAccountArchived),
            _ => null,
        };
}
