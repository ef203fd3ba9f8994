namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// A caller who names an organization names the rule's own; another one's rule answers like an unknown one. Forms name
/// the rule alone.
/// </summary>
internal sealed class OrganizationMatches() : ImmediateCheck(AssertionSteps.Request)
{
    protected override Denial? Check(AssertionContext context) =>
        context.Request.OrganizationId is { } named && named != context.Rule.Rule.OrganizationId
            ? new Denial(DenialReason.OrganizationMismatch)
            : null;
}
