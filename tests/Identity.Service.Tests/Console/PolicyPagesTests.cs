using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels.Inventory;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Policies in the console: drafted by one person, compared and decided by another, withdrawn and rolled back.</summary>
public sealed class PolicyPagesTests : IAsyncLifetime
{
    private const string Old = "mode: observe\nrules: []\n";
    private const string New = "mode: enforce\nrules: []\n";

    private AuthorityBench bench = null!;
    private ConsoleBrowser ada = null!;
    private ConsoleBrowser grace = null!;
    private string domain = "";

    private string Host => $"docs.{domain}";

    private string List => $"/console/tunnels/{bench.Machines.TunnelId}/policies";

    private string Page => $"{List}/{Host}";

    private string Policies => $"/v1/tunnels/{bench.Machines.TunnelId}/policies";

    public async ValueTask InitializeAsync()
    {
        bench = await AuthorityBench.StartAsync(singleApproval: false, options: ConsolePersons.WithProvider);
        ada = await ConsolePersons.SignedInAsync(bench.Service, [RoleName.Operator], "ada");
        grace = await ConsolePersons.SignedInAsync(bench.Service, [RoleName.Approver], "grace");
        domain = (await bench.Api.GetOkAsync($"/v1/tunnels/{bench.Machines.TunnelId}")).Text("domain");
    }

    public async ValueTask DisposeAsync()
    {
        ada.Dispose();
        grace.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Submit_Draft_IsComparedAndApprovedByAnotherPerson()
    {
        var first = await DraftAsync(Old);
        using (var approved = await ApproveAsync(first))
        {
            approved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, grace.Page);
        }

        var second = await DraftAsync(New, comment: "<i>stricter</i>");
        (await ada.OpenAsync(second)).ShouldContain("Another person must approve it.");
        ada.Page.ShouldNotContain($"action=\"{second}/approve\"");

        var page = WebUtility.HtmlDecode(await grace.OpenAsync(second));
        page.ShouldContain("<del>-mode: observe\n</del>");
        page.ShouldContain("<ins>+mode: enforce\n</ins>");
        page.ShouldContain("<span> rules: []");
        grace.Page.ShouldContain("&lt;i&gt;stricter&lt;/i&gt;");
        page.ShouldNotContain($"action=\"{second}/withdraw\"");
        using var answer = await ApproveAsync(second);

        answer.Headers.Location!.ToString().ShouldBe($"{second}?done");
        (await grace.OpenAsync(second)).ShouldContain("active</span>");
        (await grace.OpenAsync(first)).ShouldContain("superseded</span>");
        WebUtility.HtmlDecode(await grace.OpenAsync(Page)).ShouldContain(">mode: enforce\nrules: []");
        (await StateAsync(second)).Text("text").ShouldBe(New);
    }

    [Fact]
    public async Task Submit_MalformedDraft_ShowsEachErrorNextToTheText_AndKeepsIt()
    {
        await ada.OpenAsync(Page);

        using var answer = await ada.SubmitAsync(
            $"{Page}/draft",
            ("hostname", Host),
            ("text", "mode: strict\r\nrule: []\r\n"),
            ("comment", "why")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, ada.Page);
        ada.Page.ShouldContain("policies.form");
        ada.Page.ShouldContain("aria-invalid=\"true\" aria-describedby=\"policy-problems\"");
        var problems = ada.Page[ada.Page.IndexOf("id=\"policy-problems\"", StringComparison.Ordinal)..];
        problems.ShouldContain("<h3>2 errors</h3>");
        problems.ShouldContain("<li>Line 1: mode: ");
        problems.ShouldContain("<li>Line 2: rule: ");
        WebUtility.HtmlDecode(ada.Page).ShouldContain("mode: strict\r\nrule: []");
        ada.Page.ShouldContain("value=\"why\"");
    }

    [Fact]
    public async Task Submit_DraftByTheSamePersonsApproval_IsRefusedAsInTheApi()
    {
        using var both = await ConsolePersons.SignedInAsync(
            bench.Service,
            [RoleName.Operator, RoleName.Approver],
            "ada"
        );
        var draft = await DraftAsync(New);
        await both.OpenAsync(draft);

        using var answer = await both.SubmitAsync($"{draft}/approve", ("replaces", "none"), ("reason", ""));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, both.Page);
        both.Page.ShouldContain("policies.same_person");
        (await StateAsync(draft)).Text("state").ShouldBe("draft");
    }

    [Fact]
    public async Task Submit_ApprovalOfWhatAnotherApprovalReplaced_IsRefused_AndShowsTheNewDifference()
    {
        var first = await DraftAsync(Old);
        var second = await DraftAsync(New);
        var seen = await grace.OpenAsync(second);
        seen.ShouldContain("name=\"replaces\" value=\"none\"");
        WebUtility.HtmlDecode(seen).ShouldContain("<ins>+mode: enforce");
        using (await ApproveAsync(first)) { }

        // The form token is that of any page; the version is the one of the page that was open before.
        await grace.OpenAsync(second);
        using var answer = await grace.SubmitAsync($"{second}/approve", ("replaces", "none"), ("reason", ""));

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, grace.Page);
        grace.Page.ShouldContain("policies.replaced");
        grace.Page.ShouldContain("<del>-mode: observe");
        (await StateAsync(second)).Text("state").ShouldBe("draft");
        using var again = await ApproveAsync(second);
        again.StatusCode.ShouldBe(HttpStatusCode.SeeOther, grace.Page);
    }

    [Fact]
    public async Task Submit_Reject_NeedsAReason()
    {
        var draft = await DraftAsync(New);
        await grace.OpenAsync(draft);

        using var refused = await grace.SubmitAsync($"{draft}/reject", ("reason", ""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, grace.Page);
        using var rejected = await grace.SubmitAsync($"{draft}/reject", ("reason", "too wide"));

        rejected.StatusCode.ShouldBe(HttpStatusCode.SeeOther, grace.Page);
        (await grace.OpenAsync(Page)).ShouldContain("too wide");
        (await StateAsync(draft)).Text("state").ShouldBe("rejected");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Submit_Withdraw_IsOfferedToTheDrafterAlone()
    {
        var draft = await DraftAsync(New);
        await ada.OpenAsync(draft);
        ada.Page.ShouldContain($"action=\"{draft}/withdraw\"");

        using var withdrawn = await ada.SubmitAsync($"{draft}/withdraw", ("reason", ""));

        withdrawn.StatusCode.ShouldBe(HttpStatusCode.SeeOther, ada.Page);
        (await StateAsync(draft)).Text("state").ShouldBe("withdrawn");
        (await grace.OpenAsync(draft)).ShouldNotContain($"action=\"{draft}/approve\"");
    }

    // The person signs in to the console, and drafted with a key that names the same person.
    [Fact]
    public async Task Get_DraftOfAKeyOfTheSamePerson_OffersToWithdrawIt()
    {
        var (key, _) = await bench.PersonAsync("ada's key", owner: new(ConsolePersons.Issuer, "ada"));
        using (key)
        {
            var body = new JsonObject { ["hostname"] = Host, ["text"] = New };
            var draft = $"{Page}/{(await key.PostOkAsync(Policies, body.ToJsonString())).Id()}";

            (await ada.OpenAsync(draft)).ShouldContain($"action=\"{draft}/withdraw\"");
        }
    }

    [Fact]
    public async Task Submit_RollBack_ReturnsToTheVersionBefore()
    {
        using (await ApproveAsync(await DraftAsync(Old))) { }
        using (await ApproveAsync(await DraftAsync(New))) { }
        await grace.OpenAsync(Page);

        using var answer = await grace.SubmitAsync($"{Page}/rollback", ("hostname", Host), ("reason", "broken"));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, grace.Page);
        WebUtility.HtmlDecode(await grace.OpenAsync(Page)).ShouldContain(">mode: observe\nrules: []");
        using var twice = await grace.SubmitAsync($"{Page}/rollback", ("hostname", Host), ("reason", "again"));
        twice.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        grace.Page.ShouldContain("policies.no_rollback");
    }

    [Fact]
    public async Task Get_List_HasTheHostnamesWithAPolicyAndThoseThatAgentsServe()
    {
        using (await ApproveAsync(await DraftAsync(Old))) { }
        await DraftAsync(New);
        using var agent = (await bench.Machines.JoinAsync(bench.Machines.AgentToken())).Machine;
        var routes = $$"""
            {"name":"docs","hostname":"{{Host}}","upstream_healthy":true,"detail":"",
             "service_policy":{"in_force":null,"refused":null,"problem":""} },
            {"name":"wiki","hostname":"wiki.{{domain}}","upstream_healthy":true,"detail":""}
            """;
        await InventoryScene.SendAsync(agent, InventoryScene.WriteReport("null", routes));

        var page = await ada.OpenAsync(List);

        page.ShouldContain($"<a href=\"{Page}\">{Host}</a>");
        page.ShouldContain(">version 1</a>");
        page.ShouldContain("<td class=\"number\">1</td>");
        page.ShouldContain("use this one");
        page.ShouldContain($"<a href=\"{List}/wiki.{domain}\">wiki.{domain}</a>");
        page.ShouldContain("have the policy in their file");
        (await ada.OpenAsync($"/console/tunnels/{bench.Machines.TunnelId}")).ShouldContain($"href=\"{List}\"");
    }

    [Fact]
    public async Task Submit_DraftOfAnotherHostname_IsRefused_AndKeepsWhatWasTyped()
    {
        await ada.OpenAsync(List);

        using var answer = await ada.SubmitAsync(List, ("hostname", "docs.example.com"), ("text", New));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, ada.Page);
        ada.Page.ShouldContain("policies.hostname");
        ada.Page.ShouldContain("value=\"docs.example.com\"");
        ada.Page.ShouldNotContain("policy-problems");
        using var missing = await ada.GetAsync($"{List}/docs.example.com");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var unknown = await ada.GetAsync($"{Page}/pol_1");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    // YAML gives blanks at the beginning a meaning, and the digest is that of the text which a file has.
    [Fact]
    public async Task Submit_Draft_KeepsTheTextAsItWasTyped()
    {
        const string text = "  mode: enforce\n  rules: []\n\n";

        var draft = await DraftAsync(text);

        (await StateAsync(draft)).Text("text").ShouldBe(text);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Get_AsViewer_ShowsNoPolicy()
    {
        var draft = await DraftAsync(New);
        using var viewer = await ConsolePersons.SignedInAsync(bench.Service, [RoleName.Viewer], "vera");
        using var auditor = await ConsolePersons.SignedInAsync(bench.Service, [RoleName.Auditor], "otto");

        foreach (var path in new[] { List, Page, draft })
        {
            using var answer = await viewer.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            viewer.Page.ShouldNotContain("mode: enforce");
            using var read = await auditor.GetAsync(path);
            read.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            ConsolePagesTests.ShouldBeStrict(read, auditor.Page);
            auditor.Page.ShouldNotContain("<form method=\"post\" action=\"/console/tunnels");
        }

        (await viewer.OpenAsync($"/console/tunnels/{bench.Machines.TunnelId}")).ShouldNotContain($"href=\"{List}\"");
    }

    /// <summary>The page of the draft.</summary>
    private async Task<string> DraftAsync(string text, string comment = "")
    {
        await ada.OpenAsync(Page);
        // As browsers send it.
        var sent = text.Replace("\n", "\r\n", StringComparison.Ordinal);
        using var answer = await ada.SubmitAsync(
            $"{Page}/draft",
            ("hostname", Host),
            ("text", sent),
            ("comment", comment)
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, ada.Page);
        return answer.Headers.Location!.ToString().Replace("?done", "", StringComparison.Ordinal);
    }

    // With the hidden field of the page.
    private async Task<HttpResponseMessage> ApproveAsync(string draft)
    {
        const string field = "name=\"replaces\" value=\"";
        var page = await grace.OpenAsync(draft);
        var begin = page.IndexOf(field, StringComparison.Ordinal) + field.Length;
        var replaces = page[begin..page.IndexOf('"', begin)];
        return await grace.SubmitAsync($"{draft}/approve", ("replaces", replaces), ("reason", "read"));
    }

    private Task<JsonElement> StateAsync(string page) => bench.Api.GetOkAsync($"{Policies}/{page.Split('/')[^1]}");
}
