using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Tokens.Issued;

public sealed class IssuedTokenTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task List_OfAPrincipal_ShowsWhatLivesAndWhatIsRevoked()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        var expired = await service.AccessTokenAsync(rule);
        service.Time.Advance(TimeSpan.FromMinutes(15));
        var first = await service.AccessTokenAsync(rule);
        var second = (await service.FormAsync(Subject(rule, first, AccessToken)).ShouldBeGrantedAsync()).Text(
            "access_token"
        );
        await service.AccessTokenAsync(await service.RuleAsync());
        var claims = ClaimsOf(second);
        await service.CreateAsync(
            "/v1/oauth/revocations",
            new JsonObject { ["kind"] = "token", ["token_id"] = ClaimsOf(first).Text("jti") }
        );

        var listed = (await service.GetAsync($"/v1/tokens?principal={claims.Text("sub")}")).GetProperty("data");

        listed
            .EnumerateArray()
            .Select(token => (token.Text("id"), token.Text("status")))
            .ShouldBe([(claims.Text("jti"), "active"), (ClaimsOf(first).Text("jti"), "revoked")]);
        listed.GetRawText().ShouldNotContain(ClaimsOf(expired).Text("jti"));
        var shown = listed[0];
        shown.Text("federation_rule_id").ShouldBe(rule);
        shown.Text("family").ShouldBe(claims.Text("family"));
        shown.Text("audience").ShouldBe(FederatedService.PublicUrl);
        shown.Text("scope").ShouldBe(claims.Text("scope"));
        DateTimeOffset
            .Parse(shown.Text("expires_at"))
            .ToUnixTimeSeconds()
            .ShouldBe(claims.GetProperty("exp").GetInt64());
        shown.GetRawText().ShouldNotContain(second.Split('.')[2]);
    }

    // Of an exchanged token, too, the subject is the one at the identity provider.
    [Fact]
    public async Task List_RevokedBySubject_ShowsTheExchangedOneAsRevokedToo()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        var first = await service.AccessTokenAsync(rule);
        await service.FormAsync(Subject(rule, first, AccessToken)).ShouldBeGrantedAsync();
        var claims = ClaimsOf(first);
        await service.CreateAsync(
            "/v1/oauth/revocations",
            new JsonObject
            {
                ["kind"] = "subject",
                ["issuer_id"] = claims.GetProperty("src").Text("iss"),
                ["subject"] = service.Provider.Claims("")["sub"]!.GetValue<string>(),
            }
        );

        var listed = await service.GetAsync($"/v1/tokens?principal={claims.Text("sub")}");

        listed
            .GetProperty("data")
            .EnumerateArray()
            .Select(token => token.Text("status"))
            .ShouldBe(["revoked", "revoked"]);
    }

    [Fact]
    public async Task List_Pages_GoOnWhereTheLastEnded()
    {
        var rule = await Service.RuleAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Insert(0, ClaimsOf(await Service.AccessTokenAsync(rule)).Text("jti"));
        }

        var principal = ClaimsOf(await Service.AccessTokenAsync(rule)).Text("sub");
        var first = await Service.GetAsync($"/v1/tokens?principal={principal}&limit=2");
        var second = await Service.GetAsync($"/v1/tokens?principal={principal}&limit=2&page={first.Text("next_page")}");

        Ids(first).Concat(Ids(second)).Skip(1).ShouldBe(ids);
        second.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?principal=x")]
    [InlineData("?principal=fdrl_010000000000000000000000")]
    public async Task List_NoPrincipal_IsRefusedByName(string query)
    {
        var error = await Service
            .Service.Api.GetAsync($"/v1/tokens{query}", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        error.Text("message").ShouldStartWith("principal");
    }

    [Fact]
    public async Task List_WithoutTheScope_IsForbidden()
    {
        using var client = Service.Service.Client(await Service.AccessTokenAsync(fixture.RuleId));

        await client
            .GetAsync("/v1/tokens?principal=svac_010000000000000000000000", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    private static IEnumerable<string> Ids(JsonElement page) =>
        page.GetProperty("data").EnumerateArray().Select(token => token.Text("id"));
}
