using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.PersonConnections;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Connections;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;

namespace Culvert.Identity.Service.Tests.PersonConnections;

/// <summary>The page with all connections of one person.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class MyConnectionsTests : IAsyncLifetime
{
    private const string Others = "<h2 id=\"others\">";

    private readonly ConsoleBrowser[] browsers = new ConsoleBrowser[2];
    private ConnectionBench bench = null!;

    private ConsoleBrowser Ada => browsers[0];

    private ConsoleBrowser Bob => browsers[1];

    public async ValueTask InitializeAsync()
    {
        bench = await ConnectionBench.StartAsync();
        browsers[0] = new ConsoleBrowser(bench.Service);
        browsers[1] = new ConsoleBrowser(bench.Service);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in browsers)
        {
            browser.Dispose();
        }

        await bench.DisposeAsync();
    }

    [Fact]
    public async Task List_TwoPeople_ShowsToEachTheirOwnGrants()
    {
        var wiki = await CreateAsync("wiki", "Encyclopedia");
        await bench.ConnectAsync("bob");
        bench.UseConnection(wiki);
        await bench.ConnectAsync("ada");

        await bench.OpenListAsync(Ada, "ada");
        await bench.OpenListAsync(Bob, "bob");

        var (connected, others) = Split(Ada);
        connected.ShouldContain("Encyclopedia");
        connected.ShouldNotContain("<code>docs</code>");
        others.ShouldContain("<code>docs</code>");
        (connected, others) = Split(Bob);
        connected.ShouldContain("<code>docs</code>");
        connected.ShouldNotContain("<code>wiki</code>");
        others.ShouldContain("<code>wiki</code>");
    }

    [Fact]
    public async Task List_WithoutAGrant_OffersEveryConnection()
    {
        await bench.OpenListAsync(Ada, "ada");

        Ada.Page.ShouldContain("You are signed in as <strong>Ada Lovelace</strong>");
        Ada.Page.ShouldContain("You have not connected an account.");
        var (connected, others) = Split(Ada);
        connected.ShouldNotContain(">Disconnect<");
        others.ShouldContain("files.read");
        others.ShouldContain("of tunnel docs</span>");
    }

    [Fact]
    public async Task List_AfterAFailedRefresh_ShowsItWithTheLastUse()
    {
        await bench.AddGrantAsync("ada", TimeSpan.FromMinutes(2));
        await bench.OpenListAsync(Ada, "ada");
        Ada.Page.ShouldContain("<span class=\"quiet\">never</span>");
        await bench.AskOkAsync("ada");
        bench.Service.Time.Advance(TimeSpan.FromMinutes(2));
        bench.Upstream.Instead = http =>
        {
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        await bench
            .AskAsync("ada")
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "connection.upstream_unavailable");

        await bench.OpenListAsync(Ada, "ada");

        var (connected, _) = Split(Ada);
        connected.ShouldContain("not renewed</span>");
        connected.ShouldContain("connect again.");
        connected.ShouldNotContain("<span class=\"quiet\">never</span>");
    }

    [Fact]
    public async Task List_ArchivedConnectionOrTunnel_IsLeftOut()
    {
        var tunnel = await bench.People.Federated.CreateAsync(
            "/v1/tunnels",
            new JsonObject { ["display_name"] = "old tunnel" }
        );
        await bench.People.Federated.CreateAsync(
            ConnectionBench.Path,
            bench.Body(body =>
            {
                body["tunnel_id"] = tunnel.Id();
                body["display_name"] = "Of the old tunnel";
            })
        );
        var wiki = await CreateAsync("wiki", "Encyclopedia");
        await bench.Api.PostOkAsync($"{ConnectionBench.Path}/{wiki}/archive");
        await bench.Api.PostOkAsync($"/v1/tunnels/{tunnel.Id()}/archive");

        await bench.OpenListAsync(Ada, "ada");

        Ada.Page.ShouldContain("<code>docs</code>");
        Ada.Page.ShouldNotContain("Encyclopedia");
        Ada.Page.ShouldNotContain("Of the old tunnel");
    }

    [Fact]
    public async Task List_MoreThanAreShown_SaysSo()
    {
        await bench.ConnectAsync("ada");
        for (var i = 1; i < ConnectEndpoints.MaxShown; i++)
        {
            await CreateAsync($"r{i}", "Vendor");
        }

        await bench.OpenListAsync(Ada, "ada");
        Ada.Page.ShouldNotContain("are shown. To connect");
        await CreateAsync("wiki", "Encyclopedia");

        await bench.OpenListAsync(Ada, "ada");

        Ada.Page.ShouldContain("Only 100 are shown.");
        Ada.Page.ShouldContain("Encyclopedia");
        Ada.Page.ShouldNotContain("<code>r1</code>");
        // The oldest one, but the person has connected it.
        Split(Ada).Connected.ShouldContain("<code>docs</code>");
    }

    [Fact]
    public async Task Connect_FromTheList_GoesToTheUpstreamOfThatConnection()
    {
        await bench.OpenListAsync(Ada, "ada");

        using var sent = await bench.AnswerAsync(Ada);
        using var done = await ConnectionBench.ReturnAsync(Ada, bench.Upstream.Allow(sent.Headers.Location!, "ada"));

        done.StatusCode.ShouldBe(HttpStatusCode.OK, Ada.Page);
        Ada.Page.ShouldContain($"href=\"{bench.ListPath}\"");
        (await bench.AskOkAsync("ada")).Text("access_token").ShouldStartWith("access-of-ada-");
    }

    [Fact]
    public async Task Disconnect_OnTheList_ShowsTheListThatStillWorks()
    {
        await bench.ConnectAsync("ada");
        await bench.OpenListAsync(Ada, "ada");

        using var done = await bench.AnswerAsync(Ada, ConnectForm.Disconnect);

        done.StatusCode.ShouldBe(HttpStatusCode.OK, Ada.Page);
        Ada.Page.ShouldContain("Your account at Vendor is disconnected.");
        var (connected, others) = Split(Ada);
        connected.ShouldNotContain("<code>docs</code>");
        others.ShouldContain("<code>docs</code>");
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        using var again = await bench.AnswerAsync(Ada);
        again.StatusCode.ShouldBe(HttpStatusCode.SeeOther, Ada.Page);
    }

    [Fact]
    public async Task Disconnect_ConnectionOfAnotherPersonAlone_LeavesTheirGrant()
    {
        await bench.ConnectAsync("bob");
        await bench.OpenListAsync(Ada, "ada");

        using var done = await bench.AnswerAsync(Ada, ConnectForm.Disconnect);

        (await bench.AskOkAsync("bob")).Text("access_token").ShouldStartWith("access-of-bob-");
        var audit = await bench.Api.GetOkAsync("/v1/audit?limit=100");
        audit.ToString().ShouldNotContain("connection_grant_ended");
    }

    [Theory]
    [InlineData("conn_unknown")]
    [InlineData("")]
    public async Task Answer_UnknownConnection_IsMissing(string id)
    {
        await bench.OpenListAsync(Ada, "ada");

        using var missing = await bench.AnswerAsync(Ada, ConnectForm.Connect, id);

        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Ada.Page.ShouldContain("request.not_found");
    }

    // The list that follows a disconnection does not extend the sign-in.
    [Fact]
    public async Task Answer_TenMinutesAfterTheSignIn_IsRefused()
    {
        await bench.ConnectAsync("ada");
        await bench.OpenListAsync(Ada, "ada");
        bench.Service.Time.Advance(SignInProtocol.Life - TimeSpan.FromSeconds(1));
        using var inTime = await bench.AnswerAsync(Ada, ConnectForm.Disconnect);
        inTime.StatusCode.ShouldBe(HttpStatusCode.OK, Ada.Page);
        bench.Service.Time.Advance(TimeSpan.FromSeconds(1));

        using var late = await bench.AnswerAsync(Ada);

        late.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        Ada.Page.ShouldContain("connection.page");
    }

    [Fact]
    public async Task AnyStep_DeactivatedPerson_IsRefused()
    {
        await bench.OpenListAsync(Ada, "ada");
        await bench.DeactivateAsync("ada");

        using var answered = await bench.AnswerAsync(Ada);
        answered.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        Ada.Page.ShouldContain("connection.person_inactive");

        bench.People.Subject = "ada";
        using var page = await bench.People.SignInAtAsync(Ada, bench.ListPath);
        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        Ada.Page.ShouldContain("connection.person_inactive");
    }

    [Fact]
    public async Task Begin_OtherOrganizationOrNotOffered_IsMissing()
    {
        using var other = await Ada.GetAsync("/oauth/org_other/connections");
        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await bench.People.EnableAsync(false);

        using var off = await Ada.GetAsync(bench.ListPath);

        off.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Ada.Page.ShouldContain("request.not_found");
    }

    [Fact]
    public async Task List_ProviderRefusedTheSignIn_IsRefused()
    {
        using var begun = await Ada.GetAsync(bench.ListPath);
        var state = QueryHelpers.ParseQuery(begun.Headers.Location!.Query)["state"];

        using var refused = await Ada.GetAsync(
            $"/oauth/{bench.People.Organization}/callback?error=access_denied&state={Uri.EscapeDataString(state!)}"
        );

        refused.StatusCode.ShouldNotBe(HttpStatusCode.OK);
        Ada.Page.ShouldNotContain("<code>docs</code>");
    }

    private async Task<string> CreateAsync(string route, string name) =>
        (
            await bench.People.Federated.CreateAsync(
                ConnectionBench.Path,
                bench.Body(body =>
                {
                    body["route"] = route;
                    body["display_name"] = name;
                })
            )
        ).Id();

    private static (string Connected, string Others) Split(ConsoleBrowser browser)
    {
        var at = browser.Page.IndexOf(Others, StringComparison.Ordinal);
        return at < 0 ? (browser.Page, "") : (browser.Page[..at], browser.Page[at..]);
    }
}
