using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.People;

/// <summary>
/// Agents and edges that enrolled with the person's tokens: the revocation ends them, here they are counted.
/// </summary>
internal sealed class EnrollmentOffBoarding(TokenRevocationStore store) : IOffBoardingEffect
{
    public string Name => "enrollments";

    public async ValueTask<OffBoardingEffect> PrepareAsync(
        OffBoardingScope scope,
        CancellationToken cancellationToken
    ) =>
        new(
            await store.CountEnrollmentsAsync(
                scope.Person.OrganizationId,
                scope.Person.IssuerId,
                Sha256Text.ToBase64Url(scope.Person.Subject),
                scope.IssuedBefore.ToUnixTimeSeconds(),
                cancellationToken
            ),
            []
        );
}
