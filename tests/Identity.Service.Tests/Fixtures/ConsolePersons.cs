using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Sessions of people with roles, as if their identity provider had just vouched for them.</summary>
internal static class ConsolePersons
{
    public const string Issuer = "https://login.test";

    /// <summary>The service must know <see cref="Issuer"/> as its provider.</summary>
    public static ServiceOptions WithProvider(ServiceOptions options) =>
        options with
        {
            SignIn = new SignInOptions
            {
                Issuer = Issuer,
                ClientId = "culvert",
                Roles = [new("viewer", ["staff"])],
            },
        };

    public static async Task<ConsoleBrowser> SignedInAsync(
        ServiceUnderTest service,
        IReadOnlyList<string> roles,
        string subject = "ada",
        string issuer = Issuer
    )
    {
        var organization = await service.Api.GetOkAsync("/v1/organizations/current");
        var now = service.Time.GetUtcNow();
        var cookie = ConsoleCookie.New();
        var session = new ConsoleSession
        {
            Id = Identifier.New("cses"),
            OrganizationId = organization.Id(),
            Issuer = issuer,
            Subject = subject,
            Name = subject,
            Roles = roles,
            CreatedAt = now,
            ProvenAt = now,
            UsedAt = now,
            ExpiresAt = now + TimeSpan.FromHours(8),
        };
        var result = await service
            .Get<IJournal>()
            .CommitAsync(
                new Decision
                {
                    Event = SessionEvents.SignedIn(AuditCause.System, session),
                    Statements = [service.Get<ConsoleSessionStore>().Insert(session, cookie.Hash)],
                },
                TestContext.Current.CancellationToken
            );
        if (!result.IsCommitted)
        {
            throw new InvalidOperationException($"The session was not stored: {result.Outcome}.");
        }

        return new ConsoleBrowser(service) { Cookies = { [ConsoleCookie.Session] = cookie.Value } };
    }
}
