using System.Net;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Servers.Calls;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>The page where people decide calls: the rights, the refusals and the audit of the API.</summary>
public sealed class ApprovalsPageTests : IAsyncLifetime
{
    private const string Page = "/console/approvals";

    // What cannot be seen may not hide what is decided; blanks count.
    private const string Arguments = """
        {"at":"/to","shape":"string:9","value":"\"<b>a  b</b>\""},{"at":"/note","shape":"string:12"},
        {"at":"/memo","shape":"missing"}
        """;

    private CallApprovalScene scene = null!;

    public async ValueTask InitializeAsync() => scene = await CallApprovalScene.StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task Get_NoRequests_SaysHowToDemandApproval()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);

        var page = await browser.OpenAsync(Page);

        page.ShouldContain("No call waits for a decision.");
        page.ShouldContain("<code>require_approval</code>");
        page.ShouldContain("href=\"/docs/approvals\"");
        page.ShouldContain("No request was decided or has expired.");
        page.ShouldContain("<a href=\"/console/approvals\" aria-current=\"page\">Approvals of calls</a>");
        (await browser.OpenAsync("/console")).ShouldContain("No call waits for approval.");
    }

    [Fact]
    public async Task Get_PendingRequest_ShowsNamesThenIdentifiers_TimesAndArguments()
    {
        var ticket = await AskAsync(1, name: "pay\\u202eyap", arguments: Arguments);
        scene.Service.Time.Advance(TimeSpan.FromMinutes(3));
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);

        using var answer = await browser.GetAsync(Page);

        var page = browser.Page;
        ConsolePagesTests.ShouldBeStrict(answer, page);
        page.ShouldContain($"<h3 id=\"{ticket}\">pay\\u202eyap <span");
        page.ShouldContain("alice <span class=\"quiet\">client c, issuer https://login.test</span>");
        page.ShouldContain($"<a href=\"/console/tunnels/{scene.TunnelId}\">Payments</a> <code>docs.test</code>");
        page.ShouldContain("3 min ago</span>", customMessage: "requested");
        page.ShouldContain("in 12 min</span>", customMessage: "expires");
        page.ShouldContain($"<code>{ticket}</code>");
        page.IndexOf($"<code>{ticket}</code>", StringComparison.Ordinal)
            .ShouldBeGreaterThan(page.IndexOf("alice", StringComparison.Ordinal));
        page.ShouldContain("<code class=\"long exact\">&quot;&lt;b&gt;a  b&lt;/b&gt;&quot;</code>");
        page.ShouldContain("<span class=\"quiet\">not shown</span></td>");
        page.ShouldContain("<td>string:12</td>");
        page.ShouldContain("the call does not have it");
        var overview = await browser.OpenAsync("/console");
        overview.ShouldContain($"<a href=\"{Page}\">approvals</a>");
        overview.ShouldContain("1 call waits for a person&#x27;s approval");
        (await browser.OpenAsync($"/console/tunnels/{scene.TunnelId}")).ShouldContain(
            $"href=\"{Page}?tunnel_id={scene.TunnelId}\""
        );
    }

    [Fact]
    public async Task Get_AnswerThatWaits_SaysThatItIsAnAnswer()
    {
        await AskAsync(
            1,
            arguments: """{"at":"answer","shape":"bytes:90"},{"at":"answer:/orders/*/total","shape":"array:2","value":"[5,20000]"}"""
        );
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);

        var page = await browser.OpenAsync(Page);

        page.ShouldContain("<span class=\"quiet\">answer of the tool on the route docs</span>");
        page.ShouldContain("<code class=\"exact\">answer:/orders/*/total</code>");
        page.ShouldContain("<code class=\"long exact\">[5,20000]</code>");
        page.ShouldContain("Approve one answer");
        page.ShouldContain("Reject the answer");
    }

    [Fact]
    public async Task Approve_WithAReason_LetsTheCallPassOnce_AndIsListedBelow()
    {
        var ticket = await AskAsync(1);
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        await browser.OpenAsync(Page);

        using var answer = await browser.SubmitAsync(Path(ticket, "approve"), ("reason", "<i>Invoice</i> 4711"));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        answer.Headers.Location!.ToString().ShouldBe($"{Page}?done");
        var decided = Below(await browser.OpenAsync(Page));
        decided.ShouldContain("approved</span>");
        decided.ShouldContain(await NameOfTheKeyAsync());
        decided.ShouldContain("0 s ago</span>");
        decided.ShouldContain("&lt;i&gt;Invoice&lt;/i&gt; 4711");
        browser.Page.ShouldContain("No call waits for a decision.");
        (await AuditAsync()).ShouldContain("\"tunnel_approval_approved\"");
        (await AskStateAsync(1)).ShouldBe("approved");
        Below(await browser.OpenAsync(Page)).ShouldContain("used</span>");
        (await AskStateAsync(1)).ShouldBe("pending");
    }

    [Fact]
    public async Task Approve_WithoutAReason_IsDone()
    {
        var ticket = await AskAsync(1);
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        await browser.OpenAsync(Page);

        using var answer = await browser.SubmitAsync(Path(ticket, "approve"), ("reason", ""));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await AskStateAsync(1)).ShouldBe("approved");
    }

    [Fact]
    public async Task Reject_NeedsAReason_AndRefusesTheCallUntilItsExpiry()
    {
        var ticket = await AskAsync(1);
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync(Path(ticket, "reject"), ("reason", ""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("reason: a reason is required; it is recorded in the audit.");
        browser.Page.ShouldContain("<details class=\"step\" open>");
        (await AskStateAsync(1)).ShouldBe("pending");

        using var rejected = await browser.SubmitAsync(Path(ticket, "reject"), ("reason", "not ordered"));
        rejected.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var decided = Below(await browser.OpenAsync(Page));
        decided.ShouldContain("rejected</span>");
        decided.ShouldContain("not ordered");
        (await AskStateAsync(1)).ShouldBe("rejected");

        // The API calls it expired by then: the page shows what the person decided.
        scene.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));
        Below(await browser.OpenAsync(Page)).ShouldContain("rejected</span>");
    }

    [Fact]
    public async Task Approve_WhereTwoMust_ShowsWhoIsMissing()
    {
        var ticket = await AskAsync(1, approvers: 2);
        using var ada = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Approver], "ada");
        using var grace = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Operator], "grace");
        (await ada.OpenAsync(Page)).ShouldContain("2 different people must approve");

        using var first = await ada.SubmitAsync(Path(ticket, "approve"), ("reason", ""));
        first.StatusCode.ShouldBe(HttpStatusCode.SeeOther, ada.Page);
        var page = await ada.OpenAsync(Page);
        page.ShouldContain("ada approved; a second person must, too");
        page.ShouldContain("You have approved it.");
        page.ShouldNotContain($"action=\"{Path(ticket, "approve")}\"");
        page.ShouldContain($"action=\"{Path(ticket, "reject")}\"");
        using var again = await ada.SubmitAsync(Path(ticket, "approve"), ("reason", ""));
        again.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        ada.Page.ShouldContain("approvals.same_person");

        (await grace.OpenAsync(Page)).ShouldContain("Approve one call as the second person");
        using var second = await grace.SubmitAsync(Path(ticket, "approve"), ("reason", ""));
        second.StatusCode.ShouldBe(HttpStatusCode.SeeOther, grace.Page);
        (await AskStateAsync(1)).ShouldBe("approved");
    }

    /// <summary>The provider knows caller and approver as the same person.</summary>
    [Fact]
    public async Task Approve_OwnCall_IsRefused()
    {
        var ticket = await AskAsync(1);
        using var alice = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Approver], "alice");
        await alice.OpenAsync(Page);

        using var answer = await alice.SubmitAsync(Path(ticket, "approve"), ("reason", ""));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        alice.Page.ShouldContain("approvals.own_call");
        (await AskStateAsync(1)).ShouldBe("pending");
    }

    [Fact]
    public async Task Decide_AfterTheExpiry_ShowsWhyNot_AndThatNoPersonDecided()
    {
        var ticket = await AskAsync(1);
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        await browser.OpenAsync(Page);
        scene.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));

        using var answer = await browser.SubmitAsync(Path(ticket, "approve"), ("reason", "late"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, browser.Page);
        browser.Page.ShouldContain("approvals.expired");
        Below(browser.Page).ShouldContain("expired</span>");
        Below(browser.Page).ShouldContain("no person");
        Below(browser.Page).ShouldContain("not decided");
    }

    [Fact]
    public async Task Get_ApprovedButNotUsedInTime_SaysSo()
    {
        var ticket = await AskAsync(1);
        await scene.Api.PostOkAsync($"/v1/tunnels/{scene.TunnelId}/approvals/{ticket}/approve");
        scene.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);

        Below(await browser.OpenAsync(Page)).ShouldContain("approved, not used</span>");
    }

    [Theory]
    [InlineData(RoleName.Operator)]
    [InlineData(RoleName.Approver)]
    [InlineData(RoleName.SecurityAdmin)]
    public async Task Submit_WithARoleThatDecides_IsDoneAsThePerson(string role)
    {
        var ticket = await AskAsync(1);
        using var browser = await ConsolePersons.SignedInAsync(scene.Service, [role], "grace");
        await browser.OpenAsync(Page);

        using var answer = await browser.SubmitAsync(Path(ticket, "approve"), ("reason", "checked"));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        Below(await browser.OpenAsync(Page)).ShouldContain("grace");
        var entry = (await scene.Api.GetOkAsync("/v1/audit?limit=50"))
            .GetProperty("data")
            .EnumerateArray()
            .Single(one => one.Text("event") == "tunnel_approval_approved");
        entry.GetProperty("body").GetProperty("actor").Text("subject").ShouldBe("grace");
    }

    // A request has values of arguments, which the audit does not have: to read it takes the right to decide.
    [Fact]
    public async Task Get_AsViewer_IsRefusedAndNotOffered()
    {
        var ticket = await AskAsync(1);
        using var browser = await ConsolePersons.SignedInAsync(scene.Service, [RoleName.Viewer]);
        var overview = await browser.OpenAsync("/console");
        overview.ShouldNotContain(Page);
        (await browser.OpenAsync($"/console/tunnels/{scene.TunnelId}")).ShouldNotContain(Page);

        using var page = await browser.GetAsync(Page);
        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.Page.ShouldContain("console.role");
        browser.Page.ShouldNotContain(">/amount</code>");
        foreach (var verb in new[] { "approve", "reject" })
        {
            using var refused = await browser.SubmitWithAsync(
                Path(ticket, verb),
                ConsoleBrowser.TokenOf(overview),
                ("reason", "x")
            );
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        (await AskStateAsync(1)).ShouldBe("pending");
    }

    [Fact]
    public async Task Submit_WithoutTheTokenOfThePage_IsRefused()
    {
        var ticket = await AskAsync(1);
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        await browser.OpenAsync(Page);

        using var answer = await browser.SubmitWithAsync(Path(ticket, "approve"), "x", ("reason", "x"));

        browser.Page.ShouldContain("console.form");
        (await AskStateAsync(1)).ShouldBe("pending");
    }

    [Fact]
    public async Task OtherOrganization_SeesAndDecidesNothing()
    {
        var ticket = await AskAsync(1);
        var key = await AddAdministratorAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service, key);

        (await browser.OpenAsync(Page)).ShouldContain("No call waits for a decision.");
        browser.Page.ShouldNotContain(ticket);
        (await browser.OpenAsync($"{Page}?tunnel_id={scene.TunnelId}")).ShouldNotContain(ticket);
        using var answer = await browser.SubmitAsync(Path(ticket, "approve"), ("reason", "x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        browser.Page.ShouldContain("request.not_found");
        (await AskStateAsync(1)).ShouldBe("pending");
    }

    [Fact]
    public async Task Get_ManyRequests_PagesBothListsForThemselves()
    {
        var first = await AskAsync(1);
        for (var number = 2; number <= 51; number++)
        {
            await AskAsync(number);
        }

        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        (await browser.OpenAsync(Page)).ShouldNotContain(first);
        browser.Page.ShouldContain("aria-label=\"Pages of waiting requests\"");
        browser.Page.ShouldNotContain("Pages of decided requests");
        (await browser.OpenAsync(OlderOf(browser.Page))).ShouldContain(first);

        // After a refused form the links lead to the page, not to the form.
        using var refused = await browser.SubmitAsync(Path(first, "reject"), ("reason", ""));
        OlderOf(browser.Page).ShouldStartWith($"{Page}?page=");

        scene.Service.Time.Advance(TimeSpan.FromSeconds(CallRequests.ExpirySeconds));
        Below(await browser.OpenAsync(Page)).ShouldNotContain(first);
        browser.Page.ShouldNotContain("Pages of waiting requests");
        OlderOf(browser.Page).ShouldStartWith($"{Page}?decided_page=");
        Below(await browser.OpenAsync(OlderOf(browser.Page))).ShouldContain(first);
    }

    [Fact]
    public async Task Get_OfATunnel_ShowsOnlyItsRequests()
    {
        var other = await scene.Api.PostOkAsync("/v1/tunnels", """{"display_name":"Documents"}""");
        using var agent = scene.AgentAs(scene.OrganizationId, other.Id(), "other");
        var mine = await AskAsync(1);
        var theirs = (await agent.AskAsync(CallRequests.Body(1))).Id();
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);

        var all = await browser.OpenAsync(Page);
        all.ShouldContain(mine);
        all.ShouldContain(theirs);
        var one = await browser.OpenAsync($"{Page}?tunnel_id={other.Id()}");

        one.ShouldContain(theirs);
        one.ShouldNotContain(mine);
        one.ShouldContain($"<option value=\"{other.Id()}\" selected>Documents</option>");
    }

    private static string OlderOf(string page)
    {
        var end = page.IndexOf("\" rel=\"next\"", StringComparison.Ordinal);
        var begin = page.LastIndexOf("href=\"", end, StringComparison.Ordinal) + "href=\"".Length;
        return WebUtility.HtmlDecode(page[begin..end]);
    }

    /// <summary>The list of what is decided.</summary>
    private static string Below(string page) => page[page.IndexOf("id=\"decided\"", StringComparison.Ordinal)..];

    private string Path(string ticket, string verb) => $"{Page}/{scene.TunnelId}/{ticket}/{verb}";

    /// <summary>The ticket.</summary>
    private async Task<string> AskAsync(int number, int approvers = 1, string name = "pay", string? arguments = null) =>
        (
            await scene.Agent.AskAsync(
                arguments is null
                    ? CallRequests.Body(number, approvers, name: name)
                    : CallRequests.Body(number, approvers, name: name, arguments: arguments)
            )
        ).Id();

    private async Task<string> AskStateAsync(int number) =>
        (await scene.Agent.AskAsync(CallRequests.Body(number))).Text("state");

    private async Task<string> AuditAsync() => (await scene.Api.GetOkAsync("/v1/audit?limit=100")).ToString();

    private async Task<string> NameOfTheKeyAsync() =>
        (await scene.Api.GetOkAsync("/v1/admin_keys")).GetProperty("data")[0].Text("name");

    private async Task<string> AddAdministratorAsync()
    {
        var other = await scene.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await scene.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        return key.Text("admin_key");
    }
}
