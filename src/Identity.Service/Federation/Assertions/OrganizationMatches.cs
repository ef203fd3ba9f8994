namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// An organization in the request is the rule's own; a rule of another one is answered like an unknown one. Forms name
/// the rule alone.
/// </summary>
internal sealed class OrganizationMatches() : ImmediateCheck(AssertionSteps.Request)
{
    protected override Denial? Check(AssertionContext context) =>
        context.Request.OrganizationId is { } named && named != context.Rule.Rule.OrganizationId
            ? new Denial(DenialReason.OrganizationMismatch)
            : null;
}
