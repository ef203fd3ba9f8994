using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>A rule for people may be limited to some OAuth clients.</summary>
public sealed class RuleClientTests : IAsyncLifetime
{
    private AuthorizationBench bench = null!;

    public async ValueTask InitializeAsync() => bench = await AuthorizationBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task SignIn_ClientIsListed_GetsAToken()
    {
        await LimitAsync(bench.Client);

        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));

        token.Text("scope").ShouldBe("files.read files.write");
    }

    [Fact]
    public async Task SignIn_ClientIsNotListed_IsDenied()
    {
        await LimitAsync("https://client.example.com/metadata.json");
        using var browser = new ConsoleBrowser(bench.Service);

        using var answer = await bench.SignInAsync(browser);

        AuthorizationBench.AnswerTo(answer)["error"].ShouldBe("access_denied");
        (await bench.Federated.LastAuditAsync("oauth_sign_in"))
            .GetProperty("status")
            .Text("reason")
            .ShouldBe("client_not_allowed");
    }

    [Fact]
    public async Task Refresh_ClientWasRemovedFromTheRule_IsDenied()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        await LimitAsync("https://client.example.com/metadata.json");

        await bench.ShouldDenyAsync(bench.RefreshForm(token.Text("refresh_token")));
    }

    [Fact]
    public async Task Assertion_ClientIsNotListed_IsDenied()
    {
        await LimitAsync("https://client.example.com/metadata.json");

        using var response = await bench.TokenAsync(bench.AssertionForm(bench.Assertion()));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync()).Text("error").ShouldBe("invalid_grant");
        (await bench.FindReasonAsync(response.Header("request-id")!)).ShouldBe("client_not_allowed");
    }

    [Theory]
    [InlineData("""["ocl_1"]""")]
    [InlineData("""["http://client.example.com/metadata.json"]""")]
    [InlineData("""["https://client.example.com/a b"]""")]
    [InlineData("""["https://"]""")]
    [InlineData("""[null]""")]
    [InlineData("""["https://a.example/1","https://a.example/1"]""")]
    public async Task Update_MalformedClients_AreRefused(string clients) =>
        await bench
            .Service.Api.PostAsync($"{FederatedService.Rules}/{bench.RuleId}", $$"""{"client_ids":{{clients}}}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Create_ClientsOfARuleForWorkloads_AreRefused()
    {
        var body = bench.Federated.RuleBody(bench.IssuerId, await bench.Federated.AccountAsync());
        body["client_ids"] = new JsonArray(bench.Client);

        await bench
            .Service.Api.PostAsync(FederatedService.Rules, body.ToJsonString())
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Lint_RuleForPeopleWithoutClients_IsWarnedOf()
    {
        (await LintsAsync()).ShouldContain(id => id == "L20");
        await LimitAsync(bench.Client);

        (await LintsAsync()).ShouldNotContain(id => id == "L20");
    }

    private Task LimitAsync(string client) =>
        bench.Federated.CreateAsync(
            $"{FederatedService.Rules}/{bench.RuleId}",
            new JsonObject { ["client_ids"] = new JsonArray(client) }
        );

    private async Task<IReadOnlyList<string?>> LintsAsync() =>
        [
            .. (await bench.Federated.GetAsync($"{FederatedService.Rules}/{bench.RuleId}"))
                .GetProperty("lints")
                .EnumerateArray()
                .Select(lint => lint.GetProperty("id").GetString()),
        ];
}
