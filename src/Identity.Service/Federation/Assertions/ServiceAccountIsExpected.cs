namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>A service account in the request is the rule's target.</summary>
internal sealed class ServiceAccountIsExpected() : ImmediateCheck(AssertionSteps.Request)
{
    protected override Denial? Check(AssertionContext context) =>
        context.Request.ServiceAccountId is { } expected && expected != context.Rule.Account.Id.Value
            ? new Denial(DenialReason.ServiceAccountMismatch)
            : null;
}
