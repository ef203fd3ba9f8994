using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Issuers in the console: tested, registered, changed, killed, restored and archived.</summary>
public sealed class IssuerPagesTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string List = "/console/issuers";
    private const string New = $"{List}/new";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Submit_NewIssuer_MakesIt_AndItsSettingsCanBeChanged()
    {
        var (name, url) = NewIssuer();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        var form = await browser.OpenAsync(New);
        form.ShouldContain("<option value=\"github-actions\"");

        using var made = await browser.SubmitAsync(
            New,
            ("name", name),
            ("issuer_url", url),
            ("jwks.type", "inline"),
            ("jwks.keys", $"[{InlineKey}]")
        );

        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var page = made.Headers.Location!.ToString().Replace("?done", "", StringComparison.Ordinal);
        (await browser.OpenAsync(page)).ShouldContain(name);
        using var saved = await browser.SubmitAsync(
            $"{page}/settings",
            ("name", $"{name}-2"),
            ("max_jwt_lifetime_seconds", "600"),
            ("check_jti", "true")
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var issuer = await GetAsync(page);
        issuer.Text("name").ShouldBe($"{name}-2");
        issuer.GetProperty("max_jwt_lifetime_seconds").GetInt32().ShouldBe(600);
        issuer.GetProperty("check_jti").GetBoolean().ShouldBeTrue();
        (await browser.OpenAsync(page)).ShouldContain("name=\"check_jti\" value=\"true\" checked");
    }

    [Fact]
    public async Task Get_IssuerWithAStream_ShowsHowItsPeopleLeave()
    {
        var issuer = await Service.IssuerAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        var page = $"{List}/{issuer}";
        var without = await browser.OpenAsync(page);
        without.ShouldContain("Connect its transmitter of security events");
        without.ShouldContain($"/scim/{issuer}/v2");

        await Service.CreateAsync(
            $"{FederatedService.Issuers}/{issuer}/signals",
            new JsonObject { ["transmitter_issuer"] = "https://idp.example", ["jwks_uri"] = "https://idp.example/keys" }
        );

        var with = await browser.OpenAsync(page);
        with.ShouldContain("active</span> pushed to");
        with.ShouldContain($"/signals/{issuer}</code>");
    }

    [Fact]
    public async Task Submit_Stream_IsSet_KeepsItsTokenToItself_AndIsRemoved()
    {
        var issuer = await Service.IssuerAsync();
        var page = $"{List}/{issuer}";
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        await browser.OpenAsync(page);

        using var set = await browser.SubmitAsync(
            $"{page}/signals",
            ("transmitter_issuer", "https://idp.example"),
            ("jwks_uri", "https://idp.example/keys"),
            ("audience", ""),
            ("delivery", "poll"),
            ("poll_url", "https://idp.example/poll"),
            ("poll_token", "the-secret-token"),
            ("enabled", "true")
        );

        set.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var shown = await browser.OpenAsync(page);
        shown.ShouldContain("active</span> polled from <code>https://idp.example/poll</code>");
        shown.ShouldContain("value=\"https://idp.example/keys\"");
        shown.ShouldNotContain("the-secret-token");

        using var removed = await browser.SubmitAsync($"{page}/signals/remove");

        removed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(page)).ShouldContain("Connect its transmitter of security events");
    }

    [Fact]
    public async Task Submit_StreamThatIsRefused_KeepsWhatWasTyped_ButNotTheToken()
    {
        var issuer = await Service.IssuerAsync();
        var page = $"{List}/{issuer}";
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        await browser.OpenAsync(page);

        using var refused = await browser.SubmitAsync(
            $"{page}/signals",
            ("transmitter_issuer", "https://idp.example"),
            ("jwks_uri", "http://idp.example/keys"),
            ("delivery", "poll"),
            ("poll_url", "https://idp.example/poll"),
            ("poll_token", "the-secret-token"),
            ("enabled", "true")
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("role=\"alert\"");
        browser.Page.ShouldContain("value=\"http://idp.example/keys\"");
        browser.Page.ShouldNotContain("the-secret-token");
    }

    [Fact]
    public async Task Submit_Test_SaysWhatIsWrong_StoresNothing_AndKeepsWhatWasTyped()
    {
        var (name, url) = NewIssuer();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        await browser.OpenAsync(New);

        using var tested = await browser.SubmitAsync(
            $"{New}/verify",
            ("name", name),
            ("issuer_url", url),
            ("jwks.type", "inline"),
            ("jwks.keys", $"[{InlineKey}]")
        );

        tested.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain("<code>key-1</code>");
        browser.Page.ShouldContain($"value=\"{name}\"");
        (await browser.OpenAsync(List)).ShouldNotContain(name);
    }

    [Fact]
    public async Task Submit_RefusedIssuer_KeepsWhatWasTyped()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        await browser.OpenAsync(New);

        using var refused = await browser.SubmitAsync(New, ("name", "half"), ("issuer_url", "http://not.secure"));

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("role=\"alert\"");
        browser.Page.ShouldContain("value=\"http://not.secure\"");
    }

    [Theory]
    [InlineData("issuer", "")]
    [InlineData("key-set", "")]
    [InlineData("key", "key-1")]
    public async Task Submit_KillAndRestore_NeedAReason_AndAreDone(string what, string kid)
    {
        var page = $"{List}/{await Service.IssuerAsync()}";
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        await browser.OpenAsync(page);

        using var refused = await browser.SubmitAsync($"{page}/kill/{what}", ("kid", kid), ("reason", ""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        (await GetAsync(page)).GetProperty("killed").ValueKind.ShouldBe(JsonValueKind.Null);

        using var killed = await browser.SubmitAsync($"{page}/kill/{what}", ("kid", kid), ("reason", "stolen"));
        killed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await GetAsync(page)).GetProperty("killed").ValueKind.ShouldBe(JsonValueKind.Object);
        (await browser.OpenAsync(page)).ShouldContain($"action=\"{page}/unkill/{what}\"");

        using var restored = await browser.SubmitAsync(
            $"{page}/unkill/{what}",
            ("kid", kid),
            ("reason", "false alarm")
        );
        restored.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await GetAsync(page)).GetProperty("killed").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Submit_Archive_TakesASecondStep_AndEndsTheForms()
    {
        var page = $"{List}/{await Service.IssuerAsync()}";
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        (await browser.OpenAsync(page)).ShouldContain("<summary>Archive…");

        using var archived = await browser.SubmitAsync($"{page}/archive");

        archived.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await GetAsync(page)).GetProperty("archived_at").ValueKind.ShouldBe(JsonValueKind.String);
        (await browser.OpenAsync(page)).ShouldNotContain("Save</button>");
    }

    private static string InlineKey =>
        """{"kty":"EC","crv":"P-256","kid":"key-1","alg":"ES256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";

    private (string Name, string Url) NewIssuer()
    {
        var name = Service.NewName("console-idp");
        return (name, $"https://{name}.example.com");
    }

    private Task<JsonElement> GetAsync(string page) =>
        Service.GetAsync($"{FederatedService.Issuers}/{page.Split('/')[^1]}");
}
