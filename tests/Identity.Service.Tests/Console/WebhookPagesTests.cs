using System.Net;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Webhooks;
using Culvert.Identity.Service.Webhooks;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Webhooks in the console: made with a secret that is shown once, tried, archived.</summary>
public sealed partial class WebhookPagesTests : IAsyncLifetime
{
    private const string List = "/console/webhooks";

    private readonly ScriptedWebhookSender receiver = new();
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(
            services => services.AddSingleton<IWebhookSender>(receiver),
            options: ConsolePersons.WithProvider
        );

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Submit_NewWebhook_ShowsItsSecretOnce()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync(List)).ShouldContain("There is no webhook yet");

        using var made = await browser.SubmitAsync(
            List,
            ("url", "https://hooks.test/x"),
            ("allowed_targets", "10.0.0.0/8:8443\r\n"),
            ("can_decide", "")
        );

        made.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        made.Headers.CacheControl!.NoStore.ShouldBeTrue();
        Secret().Count(browser.Page).ShouldBe(1);
        var hook = (await service.Api.GetOkAsync("/v1/webhooks")).GetProperty("data")[0];
        hook.GetProperty("allowed_targets").ToString().ShouldBe("""["10.0.0.0/8:8443"]""");
        foreach (var page in (string[])[List, $"{List}/{hook.Id()}", "/console/audit"])
        {
            Secret().Count(await browser.OpenAsync(page)).ShouldBe(0, page);
        }
    }

    [Fact]
    public async Task Submit_NewReceiverOfSecurityEvents_HasItsAudienceAndNoSecret()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(List);

        using var made = await browser.SubmitAsync(
            List,
            ("url", "https://receiver.test/events"),
            ("format", "security_event_token"),
            ("audience", "https://receiver.test")
        );

        made.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        Secret().Count(browser.Page).ShouldBe(0);
        browser.Page.ShouldContain("security event tokens for https://receiver.test");
        var hook = (await service.Api.GetOkAsync("/v1/webhooks")).GetProperty("data")[0];
        hook.Text("format").ShouldBe("security_event_token");
        (await browser.OpenAsync($"{List}/{hook.Id()}")).ShouldContain(
            "security event tokens for https://receiver.test"
        );
    }

    [Fact]
    public async Task Submit_ReceiverOfSecurityEventsWithoutAudience_IsRefused_AndKeepsTheFormat()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(List);

        using var refused = await browser.SubmitAsync(
            List,
            ("url", "https://receiver.test/events"),
            ("format", "security_event_token"),
            ("audience", "")
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("audience");
        browser.Page.ShouldContain("<option value=\"security_event_token\" selected");
    }

    [Fact]
    public async Task Submit_Test_IsSent_AndItsDeliveryIsShown()
    {
        var page = await CreateAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync(page)).ShouldContain("Nothing was sent to it yet");
        var answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answering = answering.Task;

        using var sent = await browser.SubmitAsync($"{page}/test");
        sent.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(page)).ShouldContain(" pending</span>");
        answering.SetResult();
        var shown = await DeliverAsync(browser, page);

        shown.ShouldContain("webhook.test");
        shown.ShouldContain(" delivered</span>");
    }

    [Fact]
    public async Task Submit_Archive_TakesASecondStep_AndEndsTheForms()
    {
        var page = await CreateAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync(page)).ShouldContain("<summary>Archive…");

        using var archived = await browser.SubmitAsync($"{page}/archive");

        archived.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(page)).ShouldNotContain($"action=\"{page}/");
        using var refused = await browser.SubmitAsync($"{page}/test");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict, browser.Page);
        browser.Page.ShouldContain("webhook.archived");
        (await browser.OpenAsync(List)).ShouldContain(" archived</span>");
    }

    [Theory]
    [InlineData("http://hooks.test/x", "", "", "an absolute https URL")]
    [InlineData("mailto:nowhere", "", "", "one address is required")]
    [InlineData("https://hooks.test/x", "everywhere", "", "allowed_targets: each is a range and a port")]
    [InlineData("https://hooks.test/x", "", "no PEM", "ca_certificate_pem: PEM certificates are required.")]
    public async Task Submit_RefusedWebhook_ShowsWhy_AndKeepsWhatWasTyped(
        string url,
        string targets,
        string roots,
        string why
    )
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(List);

        using var refused = await browser.SubmitAsync(
            List,
            ("url", url),
            ("allowed_targets", targets),
            ("ca_certificate_pem", roots),
            ("can_decide", "true")
        );

        ((int)refused.StatusCode).ShouldBeInRange(400, 499, browser.Page);
        WebUtility.HtmlDecode(browser.Page).ShouldContain(why);
        browser.Page.ShouldContain($"value=\"{url}\"");
        browser.Page.ShouldContain("name=\"can_decide\" value=\"true\" checked");
    }

    [Fact]
    public async Task Get_UnknownWebhook_IsNotFound()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var page = await browser.GetAsync($"{List}/whk_x");

        page.StatusCode.ShouldBe(HttpStatusCode.NotFound, browser.Page);
    }

    // A role never makes one, because the answer has a secret.
    [Fact]
    public async Task AsPerson_WebhooksAreMadeByNoRole_AndTheRestGoesByRole()
    {
        var page = await CreateAsync();
        using var viewer = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);
        using var hidden = await viewer.GetAsync(List);
        hidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var auditor = await ConsolePersons.SignedInAsync(service, [RoleName.Auditor], "grace");
        (await auditor.OpenAsync(page)).ShouldNotContain($"action=\"{page}/");
        using var refused = await auditor.SubmitAsync($"{page}/test");
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, auditor.Page);
        using var admin = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin], "linus");

        var list = await admin.OpenAsync(List);

        list.ShouldNotContain("Create webhook");
        list.ShouldContain("sign in with an admin key");
        (await admin.OpenAsync(page)).ShouldContain($"action=\"{page}/test\"");
        using var made = await admin.SubmitAsync(List, ("url", "https://hooks.test/y"));
        made.StatusCode.ShouldBe(HttpStatusCode.Forbidden, admin.Page);
    }

    // Deliveries run next to the job that starts them.
    private async Task<string> DeliverAsync(ConsoleBrowser browser, string page)
    {
        await Eventually.UntilAsync(
            async () =>
            {
                await service.Get<WebhookDeliverer>().RunAsync(TestContext.Current.CancellationToken);
                return !(await browser.OpenAsync(page)).Contains(" pending</span>", StringComparison.Ordinal);
            },
            TestContext.Current.CancellationToken
        );
        return browser.Page;
    }

    private async Task<string> CreateAsync()
    {
        var hook = await service.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""");
        return $"{List}/{hook.Id()}";
    }

    [GeneratedRegex("whsec_")]
    private static partial Regex Secret();
}
