using System.Net;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.PersonConnections;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Authorization;
using Culvert.Identity.Service.Tests.Connections;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;

namespace Culvert.Identity.Service.Tests.PersonConnections;

/// <summary>The pages where a person connects, and what attackers do with them.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ConnectTests : IAsyncLifetime
{
    private ConnectionBench bench = null!;

    public async ValueTask InitializeAsync() => bench = await ConnectionBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Connect_Allowed_GivesAgentsThePersonsToken()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        bench.People.Subject = "ada";
        using var page = await bench.People.SignInAtAsync(browser, bench.ConnectPath);
        browser.Page.ShouldContain("Ada Lovelace");
        browser.Page.ShouldContain("Connect your account at Vendor?");
        browser.Page.ShouldContain("vendor.example.com");
        browser.Page.ShouldContain("files.read");
        browser.Page.ShouldNotContain(">Disconnect<");
        page.Header("content-security-policy")!.ShouldContain("frame-ancestors 'none'");
        page.Header("x-frame-options").ShouldBe("DENY");
        page.Header("cross-origin-opener-policy").ShouldBe("same-origin");

        using var sent = await bench.AnswerAsync(browser);
        var url = sent.Headers.Location!;
        url.GetLeftPart(UriPartial.Path).ShouldBe("https://vendor.example.com/authorize");
        var query = QueryHelpers.ParseQuery(url.Query);
        query["tenant"].ToString().ShouldBe("7");
        query["scope"].ToString().ShouldBe("files.read files.write");
        query["redirect_uri"].ToString().ShouldBe(FederatedService.PublicUrl + bench.CallbackPath);
        using var done = await ConnectionBench.ReturnAsync(
            browser,
            bench.Upstream.Allow(url, "ada", bench.People.Federated.Provider.Url)
        );

        done.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain("Your account at Vendor is connected");
        (await bench.AskOkAsync("ada")).Text("access_token").ShouldStartWith("access-of-ada-");
        var audited = await bench.People.Federated.LastAuditAsync("connection_granted");
        audited.GetProperty("actor").Text("subject").ShouldBe("ada");
        audited.GetProperty("event_data").Text("subject").ShouldBe("ada");
        audited.GetProperty("event_data").Text("route").ShouldBe("docs");
    }

    [Fact]
    public async Task Connect_LinkOfAnotherPerson_BindsTheGrantToWhoSignedIn()
    {
        // Mallory's program asked, and Mallory sends Ada the link.
        var refused = await bench
            .AskAsync("mallory")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        var link = refused.GetProperty("details").Text("connect_url");
        link.ShouldBe(bench.ConnectUrl);

        await bench.ConnectAsync("ada");

        (await bench.AskOkAsync("ada")).Text("access_token").ShouldStartWith("access-of-ada-");
        await bench.AskAsync("mallory").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
    }

    [Fact]
    public async Task Finish_LinkToTheUpstreamOfAnotherPerson_IsRefused()
    {
        // Mallory signs in, and sends Ada the link to the vendor: Ada's account would become Mallory's.
        using var mallory = new ConsoleBrowser(bench.Service);
        var link = await bench.GoToUpstreamAsync(mallory, "mallory");
        using var ada = new ConsoleBrowser(bench.Service);
        await bench.OpenAsync(ada, "ada");

        using var returned = await ConnectionBench.ReturnAsync(ada, bench.Upstream.Allow(link, "ada"));

        returned.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        ada.Page.ShouldContain("connection.page");
        await bench.AskAsync("mallory").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        bench.Upstream.Issued.ShouldBeEmpty();
    }

    [Fact]
    public async Task Finish_CodeOfAnotherPerson_IsRefusedByTheVendor()
    {
        // Mallory puts the code of Mallory's account into Ada's sign-in: Ada's data would go to Mallory's account.
        using var mallory = new ConsoleBrowser(bench.Service);
        var stolen = bench.Upstream.Allow(await bench.GoToUpstreamAsync(mallory, "mallory"), "mallory");
        using var ada = new ConsoleBrowser(bench.Service);
        var own = bench.Upstream.Allow(await bench.GoToUpstreamAsync(ada, "ada"), "ada");
        var code = QueryHelpers.ParseQuery(new Uri(stolen).Query)["code"].ToString();
        var state = QueryHelpers.ParseQuery(new Uri(own).Query)["state"].ToString();

        using var returned = await ada.GetAsync($"{bench.CallbackPath}?code={code}&state={state}");

        returned.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        ada.Page.ShouldContain("connection.denied");
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
    }

    [Theory]
    [InlineData("iss=https%3A%2F%2Fother.example.com", HttpStatusCode.Forbidden, "connection.denied")]
    [InlineData("error=access_denied", HttpStatusCode.Forbidden, "connection.denied")]
    [InlineData("code=another", HttpStatusCode.BadRequest, "connection.page")]
    public async Task Finish_WithAnotherParameter_IsRefused(string parameter, HttpStatusCode status, string code)
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var answer = bench.Upstream.Allow(await bench.GoToUpstreamAsync(browser, "ada"), "ada");

        using var returned = await ConnectionBench.ReturnAsync(browser, $"{answer}&{parameter}");

        returned.StatusCode.ShouldBe(status);
        browser.Page.ShouldContain(code);
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
    }

    [Fact]
    public async Task Finish_Later_IsRefused()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var answer = bench.Upstream.Allow(await bench.GoToUpstreamAsync(browser, "ada"), "ada");
        bench.Service.Time.Advance(SignInProtocol.Life);

        using var returned = await ConnectionBench.ReturnAsync(browser, answer);

        returned.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        browser.Page.ShouldContain("connection.page");
    }

    [Fact]
    public async Task Finish_Twice_IsRefusedTheSecondTime_AndTheGrantStays()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var url = await bench.GoToUpstreamAsync(browser, "ada");
        using var first = await ConnectionBench.ReturnAsync(browser, bench.Upstream.Allow(url, "ada"));
        first.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var second = await ConnectionBench.ReturnAsync(browser, bench.Upstream.Allow(url, "bob"));

        second.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        browser.Page.ShouldContain("connection.page");
        (await bench.AskOkAsync("ada")).Text("access_token").ShouldStartWith("access-of-ada-");
        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-bob-");
    }

    [Fact]
    public async Task Finish_AtAnotherConnection_IsRefused()
    {
        var other = await bench.People.Federated.CreateAsync(
            ConnectionBench.Path,
            bench.Body(body => body["route"] = "wiki")
        );
        using var browser = new ConsoleBrowser(bench.Service);
        var answer = bench.Upstream.Allow(await bench.GoToUpstreamAsync(browser, "ada"), "ada");

        using var returned = await ConnectionBench.ReturnAsync(
            browser,
            answer.Replace(bench.ConnectionId, other.Id(), StringComparison.Ordinal)
        );

        returned.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        browser.Page.ShouldContain("connection.page");
    }

    [Fact]
    public async Task Finish_OffBoardedMeanwhile_IsRefusedAndRevokedUpstream()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var answer = bench.Upstream.Allow(await bench.GoToUpstreamAsync(browser, "ada"), "ada");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(2));
        await bench.OffBoardAsync("ada");

        using var returned = await ConnectionBench.ReturnAsync(browser, answer);

        returned.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.Page.ShouldContain("connection.withdrawn");
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-ada-");
    }

    [Fact]
    public async Task Finish_UpstreamGivesNoToken_IsUnavailable()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var answer = bench.Upstream.Allow(await bench.GoToUpstreamAsync(browser, "ada"), "ada");
        bench.Upstream.Instead = http => http.Response.WriteAsync("""{"access_token":"a b","token_type":"bearer"}""");

        using var returned = await ConnectionBench.ReturnAsync(browser, answer);

        returned.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        browser.Page.ShouldContain("connection.upstream_unavailable");
    }

    [Fact]
    public async Task Answer_FormOfAnotherPage_IsRefused()
    {
        using var ada = new ConsoleBrowser(bench.Service);
        await bench.OpenAsync(ada, "ada");
        var request = AuthorizationBench.RequestOn(ada);
        using var mallory = new ConsoleBrowser(bench.Service);
        await bench.OpenAsync(mallory, "mallory");
        var path = $"/oauth/{bench.People.Organization}/connect";

        // Without the page's token, and with the page of another browser.
        foreach (var (browser, token) in new[] { (ada, "x"), (mallory, ConsoleBrowser.TokenOf(mallory.Page)) })
        {
            using var refused = await browser.SubmitWithAsync(
                path,
                token,
                (ConnectForm.RequestField, request),
                (ConnectForm.AnswerField, ConnectForm.Connect)
            );

            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            browser.Page.ShouldContain("connection.page");
        }
    }

    [Fact]
    public async Task Answer_LaterOrUnknown_IsRefused()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        await bench.OpenAsync(browser, "ada");
        using var unknown = await bench.AnswerAsync(browser, "other");
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        browser.Page.ShouldContain("connection.page");
        await bench.OpenAsync(browser, "ada");
        bench.Service.Time.Advance(SignInProtocol.Life);

        using var later = await bench.AnswerAsync(browser);

        later.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        browser.Page.ShouldContain("connection.page");
    }

    [Fact]
    public async Task Begin_UnknownOrArchivedOrNotOffered_IsMissing()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        foreach (
            var path in new[]
            {
                $"/oauth/{bench.People.Organization}/connect/conn_unknown",
                $"/oauth/org_other/connect/{bench.ConnectionId}",
            }
        )
        {
            using var missing = await browser.GetAsync(path);
            missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        await bench.People.EnableAsync(false);
        using var off = await browser.GetAsync(bench.ConnectPath);
        off.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await bench.People.EnableAsync(true);
        await bench.Api.PostOkAsync($"{ConnectionBench.Path}/{bench.ConnectionId}/archive");

        using var archived = await browser.GetAsync(bench.ConnectPath);

        archived.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        browser.Page.ShouldContain("request.not_found");
    }

    [Fact]
    public async Task Connect_AgainWhileConnected_ReplacesTheGrantAndRevokesTheFormer()
    {
        await bench.ConnectAsync("ada");
        var before = (await bench.AskOkAsync("ada")).Text("access_token");
        using var browser = new ConsoleBrowser(bench.Service);
        await bench.OpenAsync(browser, "ada");
        browser.Page.ShouldContain("Connect again");

        await bench.ConnectAsync("ada");

        (await bench.AskOkAsync("ada")).Text("access_token").ShouldNotBe(before);
        await bench.RevokeUpstreamAsync();
        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-ada-");
        (await bench.People.Federated.LastAuditAsync("connection_revoked_upstream"))
            .GetProperty("event_data")
            .Text("reason")
            .ShouldBe("replaced");
    }

    [Fact]
    public async Task Disconnect_ByThePerson_EndsTheirGrantAlone()
    {
        await bench.ConnectAsync("ada");
        await bench.ConnectAsync("bob");
        using var browser = new ConsoleBrowser(bench.Service);
        await bench.OpenAsync(browser, "ada");

        using var done = await bench.AnswerAsync(browser, ConnectForm.Disconnect);

        done.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain("Your account at Vendor is disconnected");
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        (await bench.AskOkAsync("bob")).Text("access_token").ShouldStartWith("access-of-bob-");
        var ended = await bench.People.Federated.LastAuditAsync("connection_grant_ended");
        ended.GetProperty("event_data").Text("reason").ShouldBe("by_person");
        ended.GetProperty("actor").Text("subject").ShouldBe("ada");
        await bench.RevokeUpstreamAsync();
        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-ada-");
    }

    [Fact]
    public async Task Connect_DeactivatedPerson_IsRefusedOnThePageAndToTheAgent()
    {
        await bench.DeactivateAsync("ada");
        using var browser = new ConsoleBrowser(bench.Service);
        bench.People.Subject = "ada";

        using var page = await bench.People.SignInAtAsync(browser, bench.ConnectPath);

        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.Page.ShouldContain("connection.person_inactive");
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.Forbidden, "connection.person_inactive");
    }
}
