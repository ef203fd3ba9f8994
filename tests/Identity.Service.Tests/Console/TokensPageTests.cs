using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Access tokens in the console: what is on record of them, and what is revoked.</summary>
public sealed class TokensPageTests : IAsyncLifetime
{
    private const string Page = "/console/tokens";

    private FederatedService federated = null!;

    public async ValueTask InitializeAsync() =>
        federated = await FederatedService.StartAsync(ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await federated.DisposeAsync();

    [Fact]
    public async Task Get_OfAnAccount_ShowsItsTokens_AndNeverATokenItself()
    {
        var rule = await federated.RuleAsync();
        var token = await federated.AccessTokenAsync(rule);
        var claims = ClaimsOf(token);
        using var browser = await SignedInAsync();
        (await browser.OpenAsync(Page)).ShouldContain($"<option value=\"{claims.Text("sub")}\"");
        browser.Page.ShouldNotContain("id=\"token-list\"");

        var page = await browser.OpenAsync($"{Page}?account={claims.Text("sub")}");

        page.ShouldContain($">{claims.Text("jti")}</code>");
        page.ShouldContain(" active</span>");
        page.ShouldContain($"href=\"/console/rules/{rule}\"");
        page.ShouldNotContain(token.Split('.')[2]);
        (await browser.OpenAsync($"/console/service-accounts/{claims.Text("sub")}")).ShouldContain(
            $"href=\"{Page}?account={claims.Text("sub")}\""
        );
    }

    [Fact]
    public async Task Submit_RevokeOne_NeedsAReason_AndEndsThatTokenAlone()
    {
        var rule = await federated.RuleAsync();
        var first = await federated.AccessTokenAsync(rule);
        var second = await federated.AccessTokenAsync(rule);
        var id = ClaimsOf(first).Text("jti");
        using var browser = await SignedInAsync();
        await browser.OpenAsync($"{Page}?account={ClaimsOf(first).Text("sub")}");

        using var careless = await browser.SubmitAsync($"{Page}/revoke/token", ("token_id", id), ("reason", ""));
        careless.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        (await ListAsync()).ShouldBeEmpty();
        using var revoked = await browser.SubmitAsync($"{Page}/revoke/token", ("token_id", id), ("reason", "leaked"));

        revoked.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var revocation = (await ListAsync()).ShouldHaveSingleItem();
        (revocation.Text("kind"), revocation.Text("value"), revocation.Text("reason")).ShouldBe(
            ("token", id, "leaked")
        );
        (await StatusesAsync(ClaimsOf(first).Text("sub"))).ShouldBe([
            (ClaimsOf(second).Text("jti"), "active"),
            (id, "revoked"),
        ]);
        var page = await browser.OpenAsync($"{Page}?account={ClaimsOf(first).Text("sub")}");
        page.ShouldContain($"Token {id}");
        page.ShouldContain(" revoked</span>");
    }

    [Theory]
    [InlineData("family", "family", "family")]
    [InlineData("service-account", "service_account_id", "principal")]
    [InlineData("rule", "rule_id", "rule")]
    [InlineData("rule", "rule_id,rule_version", "rule_version")]
    [InlineData("issuer", "issuer_id", "issuer")]
    [InlineData("issuer", "issuer_id,subject", "subject")]
    [InlineData("all", "", "issued_before")]
    public async Task Submit_RevokeMany_IsOfThatKind_AndEndsTheToken(string form, string fields, string kind)
    {
        var rule = await federated.RuleAsync();
        var claims = ClaimsOf(await federated.AccessTokenAsync(rule));
        using var browser = await SignedInAsync();
        await browser.OpenAsync(Page);
        var values = new Dictionary<string, string>
        {
            ["family"] = claims.Text("family"),
            ["service_account_id"] = claims.Text("sub"),
            ["rule_id"] = rule,
            ["rule_version"] = "1",
            ["issuer_id"] = claims.GetProperty("src").Text("iss"),
            ["subject"] = federated.Provider.Claims("")["sub"]!.GetValue<string>(),
        };

        // As a browser sends it: the fields of that form which stay empty, too.
        using var revoked = await browser.SubmitAsync(
            $"{Page}/revoke/{form}",
            [
                .. fields.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => (name, values[name])),
                ("issued_before", ""),
                ("reason", "a test"),
            ]
        );

        revoked.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await ListAsync()).ShouldHaveSingleItem().Text("kind").ShouldBe(kind);
        (await StatusesAsync(claims.Text("sub"))).ShouldHaveSingleItem().Status.ShouldBe("revoked");
        (await browser.OpenAsync(Page)).ShouldContain("<td>a test</td>");
    }

    [Fact]
    public async Task Get_FromARuleAndAnIssuer_OffersToRevokeThoseOfIt()
    {
        var other = await federated.RuleAsync();
        var rule = await federated.RuleAsync();
        var issuer = (await federated.GetAsync($"{FederatedService.Rules}/{rule}")).Text("issuer_id");
        using var browser = await SignedInAsync();
        (await browser.OpenAsync($"/console/rules/{rule}")).ShouldContain($"href=\"{Page}?rule={rule}#revoke\"");
        (await browser.OpenAsync($"/console/issuers/{issuer}")).ShouldContain(
            $"href=\"{Page}?issuer={issuer}#revoke\""
        );

        var page = await browser.OpenAsync($"{Page}?rule={rule}&issuer={issuer}");

        page.ShouldContain($"<option value=\"{rule}\" selected>");
        page.ShouldContain($"<option value=\"{other}\">");
        page.ShouldContain($"<option value=\"{issuer}\" selected>");
        page.ShouldNotContain("id=\"token-list\"");
    }

    [Theory]
    [InlineData("rule", "rule_version", "first", "rule_version: a whole number is required.")]
    [InlineData("rule", "rule_version", "0", "rule_version: 1 or more is required.")]
    [InlineData("all", "issued_before", "2099-01-01T00:00:00Z", "issued_before: a time in the future")]
    [InlineData("all", "issued_before", "yesterday", "issued_before")]
    public async Task Submit_RefusedRevocation_ShowsWhy_AndKeepsWhatWasTyped(
        string form,
        string field,
        string value,
        string why
    )
    {
        var rule = await federated.RuleAsync();
        using var browser = await SignedInAsync();
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync(
            $"{Page}/revoke/{form}",
            ("rule_id", rule),
            (field, value),
            ("reason", "kept as typed")
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        WebUtility.HtmlDecode(browser.Page).ShouldContain(why);
        browser.Page.ShouldContain("value=\"kept as typed\"");
        browser.Page.ShouldContain($"value=\"{value}\"");
        (await ListAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("rule", "rule_id", "fdrl_010000000000000000000000")]
    [InlineData("service-account", "service_account_id", "svac_010000000000000000000000")]
    [InlineData("issuer", "issuer_id", "fdis_010000000000000000000000")]
    public async Task Submit_RevocationOfTheUnknown_IsNotFound(string form, string field, string id)
    {
        using var browser = await SignedInAsync();
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync($"{Page}/revoke/{form}", (field, id), ("reason", "a test"));

        refused.StatusCode.ShouldBe(HttpStatusCode.NotFound, browser.Page);
        (await ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task AsPerson_AuditorsSee_SecurityAdminsRevoke_AndOthersDoNeither()
    {
        var claims = ClaimsOf(await federated.AccessTokenAsync(await federated.RuleAsync()));
        var path = $"{Page}?account={claims.Text("sub")}";
        using var viewer = await ConsolePersons.SignedInAsync(federated.Service, [RoleName.Operator]);
        (await viewer.OpenAsync("/console")).ShouldNotContain($"href=\"{Page}\"");
        using var hidden = await viewer.GetAsync(path);
        hidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var auditor = await ConsolePersons.SignedInAsync(federated.Service, [RoleName.Auditor], "grace");
        (await auditor.OpenAsync(path)).ShouldContain($">{claims.Text("jti")}</code>");
        auditor.Page.ShouldNotContain($"action=\"{Page}/revoke/");
        using var refused = await auditor.SubmitAsync($"{Page}/revoke/all", ("reason", "mine"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, auditor.Page);
        auditor.Page.ShouldContain("console.role");
        using var admin = await ConsolePersons.SignedInAsync(federated.Service, [RoleName.SecurityAdmin], "linus");
        await admin.OpenAsync(path);

        using var revoked = await admin.SubmitAsync(
            $"{Page}/revoke/token",
            ("token_id", claims.Text("jti")),
            ("reason", "leaked")
        );

        revoked.StatusCode.ShouldBe(HttpStatusCode.SeeOther, admin.Page);
        (await ListAsync()).ShouldHaveSingleItem();
    }

    private Task<ConsoleBrowser> SignedInAsync() => ConsoleBrowser.SignedInAsync(federated.Service);

    private async Task<IReadOnlyList<JsonElement>> ListAsync() =>
        [.. (await federated.GetAsync("/v1/oauth/revocations")).GetProperty("data").EnumerateArray()];

    private async Task<IReadOnlyList<(string Id, string Status)>> StatusesAsync(string account) =>
        [
            .. (await federated.GetAsync($"/v1/tokens?principal={account}"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(token => (token.Text("id"), token.Text("status"))),
        ];
}
