using System.Net;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>The page of recurring jobs: the rights, the audit and the reasons of the API.</summary>
public sealed class JobsPageTests : IAsyncLifetime
{
    private const string Page = "/console/jobs";
    private const string Job = "audit_retention"; // once an hour: nothing else sets it off

    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Get_ShowsEveryJobWithItsNextRunAndNode()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync(Page);

        foreach (var job in (await service.Api.GetOkAsync("/v1/jobs")).GetProperty("data").EnumerateArray())
        {
            page.ShouldContain($"<code>{job.Id()}</code>");
            page.ShouldContain(job.Text("node")!);
        }

        page.ShouldContain("not yet");
        page.ShouldContain(" waiting</span>");
        page.ShouldContain("Every 1 h.");
    }

    [Fact]
    public async Task Run_ShowsTheOutcome_AndIsAudited()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var answer = await browser.SubmitAsync($"{Page}/{Job}/run");

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        answer.Headers.Location!.ToString().ShouldBe($"{Page}?done");
        (await browser.OpenAsync(Page)).ShouldContain(" succeeded</span>");
        (await AuditAsync()).ShouldContain("\"job_run\"");
    }

    [Fact]
    public async Task Pause_NeedsAReason_AndResumeTakesItBack()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync($"{Page}/{Job}/pause", ("reason", ""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("reason: a reason is required; it is recorded in the audit.");
        browser.Page.ShouldContain("<details class=\"step\" open>");
        (await AuditAsync()).ShouldNotContain("\"job_paused\"");

        using var paused = await browser.SubmitAsync($"{Page}/{Job}/pause", ("reason", "<b>the disk</b>"));
        paused.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var page = await browser.OpenAsync(Page);
        page.ShouldContain("&lt;b&gt;the disk&lt;/b&gt;");
        page.ShouldContain(" paused</span>");
        page.ShouldContain("when it is resumed");
        (await AuditAsync()).ShouldContain("the disk");

        using var resumed = await browser.SubmitAsync($"{Page}/{Job}/resume");
        resumed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(Page)).ShouldNotContain(" paused</span>");
        (await AuditAsync()).ShouldContain("\"job_resumed\"");
    }

    [Fact]
    public async Task Resume_OfAJobThatRuns_ShowsWhyNot()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var answer = await browser.SubmitAsync($"{Page}/{Job}/resume");

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, browser.Page);
        browser.Page.ShouldContain("job.not_paused");
    }

    // As the API: the scope installation:operate, which no role and not every key has.
    [Fact]
    public async Task Get_WithoutTheInstallationsScope_IsRefusedAndNotOffered()
    {
        var made = await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"b","role":"security-admin"}""");
        using var person = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        // Ends the key of init.
        using var key = await ConsoleBrowser.SignedInAsync(service, made.Text("admin_key"));
        foreach (var browser in new[] { key, person })
        {
            (await browser.OpenAsync("/console")).ShouldNotContain($"href=\"{Page}\"");

            using var answer = await browser.GetAsync(Page);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            browser.Page.ShouldContain("console.role");

            using var refused = await browser.SubmitAsync($"{Page}/{Job}/pause", ("reason", "x"));
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    private async Task<string> AuditAsync() => (await service.Api.GetOkAsync("/v1/audit?limit=100")).ToString();
}
