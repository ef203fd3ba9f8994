using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>Rules for people whose condition reads the groups of the directory: each way to a token of a route.</summary>
public sealed class DirectoryGroupSignInTests : IAsyncLifetime
{
    private AuthorizationBench bench = null!;
    private ScimClient directory = null!;
    private FakeDirectoryGroups groups = null!;
    private string groupId = "";

    public async ValueTask InitializeAsync()
    {
        bench = await AuthorizationBench.StartAsync(services =>
            services.AddSingleton<IDirectoryGroups>(provider =>
                groups = new FakeDirectoryGroups(new DirectoryGroups(provider.GetRequiredService<Database>()))
            )
        );
        directory = await ScimClient.CreateAsync(bench.Service, bench.IssuerId);
        // The bench's own rule names Ada; here the group decides.
        await bench.Federated.CreateAsync(
            $"{FederatedService.Rules}/{bench.RuleId}",
            new JsonObject { ["match"] = new JsonObject { ["condition"] = "'Docs' in directory.groups" } }
        );
        var ada = await directory.CreateUserAsync("ada@example.com", "ada");
        groupId = (await directory.CreateGroupAsync("Docs", ada.Id())).Id();
    }

    public async ValueTask DisposeAsync()
    {
        directory.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task SignIn_PersonInTheGroup_GetsATokenAndRefreshesIt()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));

        token.Text("scope").ShouldBe("files.read files.write");
        (await bench.TokenOkAsync(bench.RefreshForm(token.Text("refresh_token"))))
            .Text("scope")
            .ShouldBe("files.read files.write");
    }

    [Fact]
    public async Task Refresh_PersonLeftTheGroup_IsRefused()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));

        await EmptyGroupAsync();

        await bench.ShouldDenyAsync(bench.RefreshForm(token.Text("refresh_token")));
    }

    [Fact]
    public async Task Refresh_DirectoryCannotBeRead_IsRefusedAndTheTokenStaysUsable()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        groups.IsFailing = true;

        await bench
            .TokenAsync(bench.RefreshForm(token.Text("refresh_token")))
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");

        groups.IsFailing = false;
        (await bench.TokenOkAsync(bench.RefreshForm(token.Text("refresh_token"))))
            .Text("scope")
            .ShouldBe("files.read files.write");
    }

    [Fact]
    public async Task Code_PersonLeftTheGroupAfterTheConsent_IsRefused()
    {
        var code = await bench.CodeAsync();

        await EmptyGroupAsync();

        await bench.ShouldDenyAsync(bench.CodeForm(code));
    }

    [Fact]
    public async Task SignIn_PersonOutsideOfTheGroup_IsDeniedWithTheReason()
    {
        await EmptyGroupAsync();
        using var browser = new ConsoleBrowser(bench.Service);

        using var response = await bench.SignInAsync(browser);

        AuthorizationBench.AnswerTo(response)["error"].ShouldBe("access_denied");
        (await bench.Federated.LastAuditAsync("oauth_sign_in"))
            .GetProperty("status")
            .Text("reason")
            .ShouldBe("condition_false");
    }

    [Fact]
    public async Task Assertion_OfAPerson_IsDecidedByTheGroup()
    {
        (await bench.TokenOkAsync(bench.AssertionForm(bench.Assertion())))
            .Text("scope")
            .ShouldBe("files.read files.write");

        await EmptyGroupAsync();

        using var denied = await bench.TokenAsync(bench.AssertionForm(bench.Assertion()));
        denied.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await denied.JsonAsync()).Text("error").ShouldBe("invalid_grant");
        (await bench.FindReasonAsync(denied.Header("request-id")!)).ShouldBe("condition_false");
    }

    private Task EmptyGroupAsync() =>
        directory.OkAsync(
            "PATCH",
            $"Groups/{groupId}",
            ScimClient.Patch("""{"op":"replace","path":"members","value":[]}"""),
            HttpStatusCode.NoContent
        );
}
