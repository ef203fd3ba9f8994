using Culvert.Identity.Service.People;

namespace Culvert.Identity.Service.Connections;

/// <summary>The person's grants at upstreams: the revocation ends them, here they are counted.</summary>
internal sealed class ConnectionOffBoarding(ConnectionGrantStore grants) : IOffBoardingEffect
{
    public string Name => "connection_grants";

    public async ValueTask<OffBoardingEffect> PrepareAsync(
        OffBoardingScope scope,
        CancellationToken cancellationToken
    ) =>
        new(
            await grants.CountAsync(
                scope.Person.OrganizationId,
                new ConnectionPerson(scope.Issuer.Url, scope.Person.Subject),
                scope.Before,
                cancellationToken
            ),
            []
        );
}
