namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>A requested organization is the rule's own. Another one's rule is answered like an unknown one.</summary>
internal sealed class OrganizationMatches() : ImmediateCheck(AssertionSteps.Request)
{
    protected override Denial? Check(AssertionContext context) =>
        context.Request.OrganizationId is { } named && named != context.Rule.Rule.OrganizationId
            ? new Denial(DenialReason.OrganizationMismatch)
            : null;
}
