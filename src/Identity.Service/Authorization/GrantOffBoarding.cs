using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.People;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Ends the refresh grants of a person who is off-boarded.</summary>
internal sealed class GrantOffBoarding(RefreshGrantStore grants) : IOffBoardingEffect
{
    public string Name => "refresh_grants";

    public async ValueTask<OffBoardingEffect> PrepareAsync(OffBoardingScope scope, CancellationToken cancellationToken)
    {
        var person = scope.Person;
        var hash = Sha256Text.ToBase64Url(person.Subject);
        return new OffBoardingEffect(
            await grants.CountAsync(person.OrganizationId, person.IssuerId, hash, scope.Before, cancellationToken),
            [grants.EndForPerson(person.OrganizationId, person.IssuerId, hash, scope.Before)]
        );
    }
}
