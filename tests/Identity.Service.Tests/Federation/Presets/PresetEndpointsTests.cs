using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Presets;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Presets;

public sealed class PresetEndpointsTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string Path = "/v1/organizations/federation_presets";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task List_Presets_AreAllThere()
    {
        var list = await Service.GetAsync(Path);

        list.GetProperty("data")
            .EnumerateArray()
            .Select(preset => preset.Text("name"))
            .ShouldBe(PresetCatalogue.All.Select(preset => preset.Name));
    }

    [Fact]
    public async Task Get_Preset_ShowsWhatToPin()
    {
        var preset = await Service.GetAsync($"{Path}/github-actions");

        preset.Text("type").ShouldBe("federation_preset");
        preset.GetProperty("tenant_pins")[0].GetProperty("claims")[0].GetString().ShouldBe("repository_owner_id");
        preset.GetProperty("match").GetProperty("claims").Text("environment").ShouldBe("prod");
    }

    [Fact]
    public async Task Get_Unknown_IsNotFound()
    {
        using var response = await Service.Service.Api.GetAsync(
            $"{Path}/unknown",
            TestContext.Current.CancellationToken
        );

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task CreateIssuer_WithPreset_HasItsDefaultsWhereNothingIsSaid()
    {
        var body = Service.IssuerBody();
        body["preset"] = "gitlab";
        body["max_jwt_lifetime_seconds"] = 600;

        var issuer = await Service.CreateAsync(FederatedService.Issuers, body);

        issuer.Text("preset").ShouldBe("gitlab");
        issuer.Text("replay_mode").ShouldBe("bound_reuse");
        issuer.GetProperty("max_jwt_lifetime_seconds").GetInt32().ShouldBe(600);
        issuer.GetProperty("algorithms").EnumerateArray().Select(a => a.GetString()).ShouldBe(["RS256"]);
        issuer.GetProperty("types").EnumerateArray().Select(a => a.GetString()).ShouldBe(["JWT"]);
    }

    [Fact]
    public async Task CreateIssuer_UnknownPreset_IsRefused()
    {
        var body = Service.IssuerBody();
        body["preset"] = "gitlabb";

        await Service
            .PostAsync(FederatedService.Issuers, body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    // Its lints would look for the claims of another platform, and miss the pins that this one needs.
    [Theory]
    [InlineData("gitlab", "https://token.actions.githubusercontent.com", false)]
    [InlineData("oauth-server", "https://accounts.google.com", false)]
    [InlineData("kubernetes", "https://app.terraform.io", false)]
    [InlineData("gke", "https://oidc.eks.eu-west-1.amazonaws.com/id/0A", false)]
    [InlineData("kubernetes", "https://oidc.eks.eu-west-1.amazonaws.com/id/0A", true)]
    [InlineData("github-actions", "https://token.actions.githubusercontent.com", true)]
    [InlineData("github-actions", "https://ghes.example.com/_services/token", true)]
    [InlineData("gitlab", "https://gitlab.example.com", true)]
    public async Task CreateIssuer_PresetAgainstTheKnownAddress_IsRefused(string preset, string url, bool isSaved)
    {
        var body = Service.IssuerBody();
        body["preset"] = preset;
        body["issuer_url"] = url;
        body["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = Service.Provider.Keys.DeepClone() };
        body.Remove("allowed_targets");

        using var response = await Service.PostAsync(FederatedService.Issuers, body);

        response.StatusCode.ShouldBe(isSaved ? HttpStatusCode.OK : HttpStatusCode.BadRequest, await TextOf(response));
        if (!isSaved)
        {
            (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
            (await TextOf(response)).ShouldContain("preset: ");
        }
    }

    private static Task<string> TextOf(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
