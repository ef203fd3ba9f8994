using Culvert.Identity.Service.People;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

/// <summary>Admin keys that name the person as their owner are revoked, with the sessions that they opened.</summary>
internal sealed class AdminKeyOffBoarding(AdminKeyStore store) : IOffBoardingEffect
{
    public string Name => "admin_keys";

    public async ValueTask<OffBoardingEffect> PrepareAsync(OffBoardingScope scope, CancellationToken cancellationToken)
    {
        var organizationId = scope.Person.OrganizationId;
        var owner = new KeyOwner(scope.Issuer.Url, scope.Person.Subject);
        return new OffBoardingEffect(
            await store.CountForOwnerAsync(organizationId, owner, scope.Before, scope.Now, cancellationToken),
            [store.RevokeForOwner(organizationId, owner, scope.Before, scope.Now)]
        );
    }
}
