using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.People;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Refresh grants of the person: the revocation ends them, here they are counted.</summary>
internal sealed class GrantOffBoarding(RefreshGrantStore grants) : IOffBoardingEffect
{
    public string Name => "refresh_grants";

    public async ValueTask<OffBoardingEffect> PrepareAsync(
        OffBoardingScope scope,
        CancellationToken cancellationToken
    ) =>
        new(
            await grants.CountAsync(
                scope.Person.OrganizationId,
                scope.Person.IssuerId,
                Sha256Text.ToBase64Url(scope.Person.Subject),
                scope.Before,
                cancellationToken
            ),
            []
        );
}
