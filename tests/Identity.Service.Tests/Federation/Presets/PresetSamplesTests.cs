using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Presets;

/// <summary>
/// Each platform's recommended match, saved as a real rule of a real issuer, with the platform's samples as its tests:
/// the save itself proves that they come out as the catalogue says, for the reasons that it says.
/// </summary>
public sealed class PresetSamplesTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    public static TheoryData<string> Names => [.. PresetCatalogue.All.Select(preset => preset.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Attack", "A53")]
    [Trait("Attack", "A54")]
    [Trait("Attack", "A55")]
    [Trait("Attack", "A22")]
    public async Task Save_RecommendedMatch_PassesItsSamplesAndHasNoErrors(string name)
    {
        var preset = PresetCatalogue.Find(name)!;

        var rule = await Service.CreateAsync(FederatedService.Rules, await RuleAsync(preset));

        rule.GetProperty("tests").GetArrayLength().ShouldBe(preset.Samples.Count);
        rule.GetProperty("lints").EnumerateArray().ShouldAllBe(lint => lint.Text("severity") == "warning");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Save_WithASampleTurnedRound_IsRefused(string name)
    {
        var preset = PresetCatalogue.Find(name)!;
        var body = await RuleAsync(preset);
        var test = body["tests"]!.AsArray().First(t => (string)t!["expect"]! == "deny")!;
        test["expect"] = "allow";
        test.AsObject().Remove("reason");

        var error = await Service
            .PostAsync(FederatedService.Rules, body)
            .ShouldRefuseAsync(System.Net.HttpStatusCode.BadRequest, "federation.rule_test");

        var details = error.GetProperty("details");
        details.Text("test").ShouldBe((string)test["name"]!);
        details.Text("expected").ShouldBe("allow");
        details.Text("got").ShouldStartWith("deny (");
    }

    [Theory]
    [InlineData("github-actions")]
    [InlineData("eks")]
    [InlineData("kubernetes")]
    public async Task Simulate_SampleThatIsAllowed_IsForThisInstallation(string name)
    {
        var preset = PresetCatalogue.Find(name)!;
        var sample = preset.Samples.First(one => one.Expect == "allow");
        var rule = (await Service.CreateAsync(FederatedService.Rules, await RuleAsync(preset))).Text("id");

        var answer = await Service.CreateAsync(
            $"{FederatedService.Rules}/simulate",
            new JsonObject { ["sample"] = $"{name}/{sample.Name}", ["rule_id"] = rule }
        );

        answer.Text("decision").ShouldBe("granted", answer.ToString());
    }

    private async Task<JsonObject> RuleAsync(Preset preset)
    {
        var url = preset.Samples[0].Claims.TryGetProperty("iss", out var iss)
            ? iss.GetString()
            : "https://spiffe.example";
        var issuer = await Service.IssuerAsync(body =>
        {
            body["issuer_url"] = url;
            body["preset"] = preset.Name;
            body["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = Service.Provider.Keys.DeepClone() };
        });
        var body = Service.RuleBody(issuer, await Service.AccountAsync());
        body["oauth_scope"] = "workspace:inference";
        body["match"] = JsonNode.Parse(preset.Match.GetRawText());
        var samples = JsonSerializer.Serialize(preset, PresetJson.Default.Preset);
        body["tests"] = JsonNode.Parse(
            samples.Replace(PresetSample.ExampleAudience, FederatedService.PublicUrl, StringComparison.Ordinal)
        )!["samples"]!.DeepClone();
        return body;
    }
}
