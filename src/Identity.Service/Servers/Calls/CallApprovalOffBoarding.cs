using Culvert.Identity.Service.People;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>
/// Calls of a person that were not executed yet are rejected: pending ones need no decision, and approved ones
/// must not be used.
/// </summary>
internal sealed class CallApprovalOffBoarding(CallApprovalStore store, CallerPersons callers) : IOffBoardingEffect
{
    public string Name => "call_approvals";

    public async ValueTask<OffBoardingEffect> PrepareAsync(OffBoardingScope scope, CancellationToken cancellationToken)
    {
        var organizationId = scope.Person.OrganizationId;
        var keys = callers.GetKeys(scope.Issuer, scope.Person.Subject);
        return new OffBoardingEffect(
            await store.CountUnusedAsync(organizationId, keys, scope.Before, scope.Now, cancellationToken),
            [store.RejectUnused(organizationId, keys, scope.Before, scope.Now)]
        );
    }
}
