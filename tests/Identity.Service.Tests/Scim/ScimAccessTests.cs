using System.Net;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Authorization;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Scim;

/// <summary>What the state of a provisioned user means for sign-ins and exchanges.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ScimAccessTests
{
    private const string Subject = "repo:acme/app:ref:refs/heads/main";

    [Fact]
    public async Task Exchange_InactivePerson_IsDeniedUntilReactivated()
    {
        await using var federated = await FederatedService.StartAsync();
        string issuerId = "";
        var rule = await federated.RuleAsync(body => issuerId = (string)body["issuer_id"]!);
        using var directory = await ScimClient.CreateAsync(federated.Service, issuerId);
        var ada = await directory.CreateUserAsync("ada", Subject);
        await federated.AccessTokenAsync(rule);
        var old = federated.Token();
        federated.Time.Advance(TimeSpan.FromSeconds(2));

        await directory.OkAsync("PATCH", $"Users/{ada.Id()}", SetActive("false"));
        federated.Time.Advance(TimeSpan.FromSeconds(2));

        (await federated.DenialAsync(rule, federated.Token())).ShouldBe("person_inactive");
        await directory.OkAsync("PATCH", $"Users/{ada.Id()}", SetActive("true"));
        await federated.AccessTokenAsync(rule);
        (await federated.DenialAsync(rule, old)).ShouldBe("token_revoked");
    }

    [Fact]
    public async Task Exchange_DeletedPerson_IsDeniedUntilCreatedAgain()
    {
        await using var federated = await FederatedService.StartAsync();
        string issuerId = "";
        var rule = await federated.RuleAsync(body => issuerId = (string)body["issuer_id"]!);
        using var directory = await ScimClient.CreateAsync(federated.Service, issuerId);
        var ada = await directory.CreateUserAsync("ada", Subject);

        await directory.OkAsync("DELETE", $"Users/{ada.Id()}", status: HttpStatusCode.NoContent);
        federated.Time.Advance(TimeSpan.FromSeconds(2));

        (await federated.DenialAsync(rule, federated.Token())).ShouldBe("person_inactive");
        await directory.CreateUserAsync("ada", Subject);
        await federated.AccessTokenAsync(rule);
    }

    [Fact]
    public async Task Exchange_AnotherPersonOfTheIssuer_IsGranted()
    {
        await using var federated = await FederatedService.StartAsync();
        string issuerId = "";
        var rule = await federated.RuleAsync(body => issuerId = (string)body["issuer_id"]!);
        using var directory = await ScimClient.CreateAsync(federated.Service, issuerId);

        await directory.CreateUserAsync("bob", "bob", "\"active\":false");

        await federated.AccessTokenAsync(rule);
    }

    [Fact]
    public async Task SignIn_InactivePerson_IsDeniedWithTheReason()
    {
        await using var bench = await AuthorizationBench.StartAsync();
        using var directory = await ScimClient.CreateAsync(bench.Service, bench.IssuerId);
        await directory.CreateUserAsync("ada@example.com", "ada", "\"active\":false");
        using var browser = new ConsoleBrowser(bench.Service);

        using var response = await bench.SignInAsync(browser);

        AuthorizationBench.AnswerTo(response)["error"].ShouldBe("access_denied");
        (await bench.Federated.LastAuditAsync("oauth_sign_in"))
            .GetProperty("status")
            .Text("reason")
            .ShouldBe("person_inactive");
    }

    [Theory]
    [InlineData("ada", "https://people.example.com", false)]
    [InlineData("ada", "https://others.example.com", true)]
    [InlineData("bob", "https://people.example.com", true)]
    public async Task ConsoleSignIn_InactivePerson_MayNotOpenASession(string subject, string issuer, bool expected)
    {
        await using var bench = await ScimBench.StartAsync();
        await bench.Directory.CreateUserAsync("ada@example.com", "ada", "\"active\":false");
        var organization = (await bench.Service.Api.GetOkAsync("/v1/organizations/current")).Id();

        var mayOpen = await bench
            .Service.Get<ConsoleSessions>()
            .MayOpenAsync(
                organization,
                new ProviderPerson(issuer, subject, subject, [RoleName.Viewer]),
                TestContext.Current.CancellationToken
            );

        mayOpen.ShouldBe(expected);
    }

    [Fact]
    public async Task Refresh_PersonIsDeactivated_IsRefused()
    {
        await using var bench = await AuthorizationBench.StartAsync();
        using var directory = await ScimClient.CreateAsync(bench.Service, bench.IssuerId);
        var ada = await directory.CreateUserAsync("ada@example.com", "ada");
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));

        await directory.OkAsync("PATCH", $"Users/{ada.Id()}", SetActive("false"));

        await bench.ShouldDenyAsync(bench.RefreshForm(token.Text("refresh_token")));
    }

    [Fact]
    public async Task Call_WithAWorkloadsToken_NeedsTheScope()
    {
        await using var federated = await FederatedService.StartAsync();
        string issuerId = "";
        var rule = await federated.RuleAsync(body =>
        {
            issuerId = (string)body["issuer_id"]!;
            body["oauth_scope"] = "scim";
        });
        var other = await federated.RuleAsync();
        using var directory = new ScimClient(
            federated.Service.Client(await federated.AccessTokenAsync(rule)),
            issuerId
        );
        using var stranger = new ScimClient(
            federated.Service.Client(await federated.AccessTokenAsync(other)),
            issuerId
        );

        (await directory.CreateUserAsync("ada")).Text("userName").ShouldBe("ada");
        await stranger.ShouldRefuseAsync("GET", "Users", null, HttpStatusCode.Forbidden, "auth.scope", scimType: null);
    }

    private static string SetActive(string value) =>
        ScimClient.Patch($$"""{"op":"replace","path":"active","value":{{value}}}""");
}
