namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The caller names the rule's own organization; another one's rule answers like an unknown one.</summary>
internal sealed class OrganizationMatches() : ImmediateCheck(AssertionSteps.Request)
{
    protected override Denial? Check(AssertionContext context) =>
        context.Request.OrganizationId == context.Rule.Rule.OrganizationId
            ? null
            : new Denial(DenialReason.OrganizationMismatch);
}
