using Culvert.Identity.Service.People;

namespace Culvert.Identity.Service.Console.Sessions;

/// <summary>The console and command-line sessions of a person end: each request reads its session from the store.</summary>
internal sealed class SessionOffBoarding(ConsoleSessionStore store) : IOffBoardingEffect
{
    public string Name => "console_sessions";

    public async ValueTask<OffBoardingEffect> PrepareAsync(OffBoardingScope scope, CancellationToken cancellationToken)
    {
        var (organizationId, issuer, subject) = (scope.Person.OrganizationId, scope.Issuer.Url, scope.Person.Subject);
        return new OffBoardingEffect(
            await store.CountForPersonAsync(
                organizationId,
                issuer,
                subject,
                scope.Before,
                scope.Now,
                cancellationToken
            ),
            [store.EndForPerson(organizationId, issuer, subject, scope.Before)]
        );
    }
}
