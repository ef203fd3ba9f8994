using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Administration;

public sealed class RuleVersionsTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string Match = """
        {"subject_segments":"repo:acme/*:ref:refs/heads/main","audience":"https://identity.test:8443",
         "claims":{"environment":"prod"},
         "matchers":[{"claim":"/kubernetes.io/namespace","eq":"prod"},{"claim":"n","in":[1,true,"x"]},
                     {"claim":"https://sts.amazonaws.com/","prefix":"a:"},{"claim":"groups","contains":"ops"},
                     {"claim":"path","segments":"a/*"}]}
        """;

    private FederatedService Service => fixture.Service;

    // What a token was granted under stays readable, however often the rule changes.
    [Fact]
    public async Task Versions_AfterChanges_AreKeptAsTheyWere()
    {
        var rule = await Service.RuleAsync(body => body["match"] = JsonNode.Parse(Match));
        await Service.CreateAsync(
            Path(rule),
            new JsonObject
            {
                ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/app:*" },
                ["state"] = "draft",
            }
        );
        await Service.CreateAsync($"{Path(rule)}/archive");

        var list = (await Service.GetAsync($"{Path(rule)}/versions")).GetProperty("data");
        var first = await Service.GetAsync($"{Path(rule)}/versions/1");

        list.EnumerateArray().Select(v => v.GetProperty("version").GetInt32()).ShouldBe([3, 2, 1]);
        list[0].Text("archived_at").ShouldNotBeEmpty();
        list[0].GetProperty("workspace_ids").GetArrayLength().ShouldBe(0);
        list[1].Text("state").ShouldBe("draft");
        first.Text("state").ShouldBe("enforce");
        first.Text("type").ShouldBe("federation_rule");
        first.Text("id").ShouldBe(rule);
        first.GetProperty("workspace_ids")[0].GetString().ShouldBe(Service.WorkspaceId);
        JsonNode
            .DeepEquals(JsonNode.Parse(first.GetProperty("match").GetRawText()), JsonNode.Parse(Match))
            .ShouldBeTrue();
    }

    [Fact]
    public async Task Versions_Paged_RunFromTheNewestDown()
    {
        var rule = await Service.RuleAsync();
        await Service.CreateAsync(Path(rule), new JsonObject { ["description"] = "b" });
        await Service.CreateAsync(Path(rule), new JsonObject { ["description"] = "c" });

        var first = await Service.GetAsync($"{Path(rule)}/versions?limit=2");
        var second = await Service.GetAsync($"{Path(rule)}/versions?limit=2&page={first.Text("next_page")}");

        first.GetProperty("data").EnumerateArray().Select(v => v.Text("description")).ShouldBe(["c", "b"]);
        second.GetProperty("data").EnumerateArray().Select(v => v.Text("description")).ShouldBe([""]);
        second.GetProperty("next_page").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData("{0}/versions/2")]
    [InlineData("{0}/versions/0")]
    [InlineData("{0}/versions/-1")]
    [InlineData("{0}/versions/x")]
    [InlineData("{0}/versions/99999999999")]
    [InlineData("/v1/organizations/federation_rules/fdrl_010000000000000000000000/versions")]
    [InlineData("/v1/organizations/federation_rules/fdrl_010000000000000000000000/versions/1")]
    public async Task Versions_Unknown_AreNotFound(string path)
    {
        var rule = await Service.RuleAsync();

        using var response = await Service.Service.Api.GetAsync(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Path(rule)),
            TestContext.Current.CancellationToken
        );

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(1, HttpStatusCode.Conflict)]
    [InlineData(2, HttpStatusCode.OK)]
    [InlineData(3, HttpStatusCode.Conflict)]
    public async Task Update_ExpectedVersion_MustBeThePresentOne(int version, HttpStatusCode expected)
    {
        var rule = await Service.RuleAsync();
        await Service.CreateAsync(Path(rule), new JsonObject { ["description"] = "b" });

        using var response = await Service.PostAsync(
            Path(rule),
            new JsonObject { ["description"] = "c", ["version"] = version }
        );

        response.StatusCode.ShouldBe(expected);
        if (expected == HttpStatusCode.Conflict)
        {
            (await response.ErrorCodeAsync()).ShouldBe("federation.changed");
            response.Header("x-should-retry").ShouldBe("false");
        }
    }

    private static string Path(string rule) => $"{FederatedService.Rules}/{rule}";
}
