using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.RuleTests;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.RuleTests;

[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class RuleTestsTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string Allowed =
        """{"name":"main","claims":{"sub":"repo:acme/app:ref:refs/heads/main"},"expect":"allow"}""";
    private const string Denied = """{"name":"fork","claims":{"sub":"repo:evil/app:x"},"expect":"deny"}""";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Create_PassingTests_AreStoredWithTheRule()
    {
        var rule = await CreateAsync(Allowed, Denied);

        var stored = await Service.GetAsync($"{FederatedService.Rules}/{rule}");

        stored.GetProperty("tests").EnumerateArray().Select(test => test.Text("name")).ShouldBe(["main", "fork"]);
    }

    [Theory]
    [InlineData("""{"name":"t","claims":{"sub":"other"},"expect":"allow"}""", "allow", "deny (match_subject_prefix)")]
    [InlineData(
        """{"name":"t","claims":{"sub":"repo:acme/app:ref:refs/heads/main"},"expect":"deny"}""",
        "deny",
        "allow"
    )]
    [InlineData(
        """{"name":"t","claims":{"sub":"other"},"expect":"deny","reason":"claim_missing"}""",
        "deny (claim_missing)",
        "deny (match_subject_prefix)"
    )]
    [InlineData(
        """{"name":"t","claims":{"sub":"repo:acme/app:ref:refs/heads/main","aud":"x"},"expect":"allow"}""",
        "allow",
        "deny (audience_mismatch)"
    )]
    [InlineData("""{"name":"t","claims":{},"expect":"allow"}""", "allow", "deny (subject_invalid)")]
    public async Task Create_FailingTest_IsRefusedWithExpectedAndGot(string test, string expected, string got)
    {
        var error = await Service
            .PostAsync(FederatedService.Rules, await BodyAsync(test))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.rule_test");

        var details = error.GetProperty("details");
        details.Text("test").ShouldBe("t");
        details.Text("expected").ShouldBe(expected);
        details.Text("got").ShouldBe(got);
    }

    [Theory]
    [InlineData("""{"name":"t","claims":[],"expect":"allow"}""")]
    [InlineData("""{"name":"t","claims":{},"expect":"maybe"}""")]
    [InlineData("""{"name":"","claims":{},"expect":"allow"}""")]
    [InlineData("""{"name":"t","claims":{},"expect":"allow","reason":"claim_missing"}""")]
    [InlineData("""{"name":"t","claims":{},"expect":"deny","reason":"because"}""")]
    [InlineData("""{"name":"t","claims":{},"expect":"allow","extra":1}""")]
    [InlineData("""null""")]
    public async Task Create_MalformedTest_IsRefused(string test) =>
        await Service
            .PostAsync(FederatedService.Rules, await BodyAsync(test))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Create_TooManyOrTwiceTheSameTest_IsRefused()
    {
        await Service
            .PostAsync(FederatedService.Rules, await BodyAsync(Allowed, Allowed))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        var many = Enumerable
            .Range(0, RuleTestReader.MaxTests + 1)
            .Select(i => Denied.Replace("fork", $"fork {i}", StringComparison.Ordinal));
        await Service
            .PostAsync(FederatedService.Rules, await BodyAsync([.. many]))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Update_ThatBreaksAStoredTest_IsRefused()
    {
        var rule = await CreateAsync(Allowed, Denied);

        await Service
            .PostAsync(
                $"{FederatedService.Rules}/{rule}",
                new JsonObject { ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/other:*" } }
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.rule_test");
    }

    [Fact]
    public async Task Update_WithOtherTests_KeepsThoseOfEarlierVersions()
    {
        var rule = await CreateAsync(Allowed);

        var updated = await Service.CreateAsync(
            $"{FederatedService.Rules}/{rule}",
            new JsonObject { ["tests"] = new JsonArray(JsonNode.Parse(Denied)) }
        );
        var later = await Service.CreateAsync(
            $"{FederatedService.Rules}/{rule}",
            new JsonObject { ["description"] = "why" }
        );

        updated.GetProperty("tests")[0].Text("name").ShouldBe("fork");
        later.GetProperty("tests")[0].Text("name").ShouldBe("fork");
        (await Service.GetAsync($"{FederatedService.Rules}/{rule}/versions/1"))
            .GetProperty("tests")[0]
            .Text("name")
            .ShouldBe("main");
    }

    // A draft is tested as if it were enforced; that it mints nothing is not the question.
    [Fact]
    public async Task Create_Draft_IsTestedAllTheSame()
    {
        var body = await BodyAsync(Allowed);
        body["state"] = "draft";

        (await Service.CreateAsync(FederatedService.Rules, body)).GetProperty("tests").GetArrayLength().ShouldBe(1);
    }

    private async Task<string> CreateAsync(params string[] tests) =>
        (await Service.CreateAsync(FederatedService.Rules, await BodyAsync(tests))).Text("id");

    private async Task<JsonObject> BodyAsync(params string[] tests)
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body["tests"] = new JsonArray([.. tests.Select(test => JsonNode.Parse(test))]);
        return body;
    }
}
