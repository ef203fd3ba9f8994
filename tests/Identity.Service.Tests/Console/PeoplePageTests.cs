using System.Net;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>People in the console: off-boarded in a second step, then listed.</summary>
public sealed class PeoplePageTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string Page = "/console/people";
    private const string OffBoard = $"{Page}/off-board";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Submit_OffBoarding_WithdrawsTheAccess_AndShowsWhatEnded()
    {
        var issuer = await Service.IssuerAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        (await browser.OpenAsync(Page)).ShouldContain("<summary>Off-board a person…");

        using var done = await browser.SubmitAsync(
            OffBoard,
            ("issuer_id", issuer),
            ("subject", "ada"),
            ("reason", "left the company")
        );

        done.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain("The person is off-boarded");
        browser.Page.ShouldContain("admin keys: 0");
        browser.Page.ShouldContain("<td>left the company</td>");
        browser.Page.ShouldNotContain(OffBoard); // a second press would off-board them again
        var audited = (await Service.LastAuditAsync(AuditEvents.PersonOffBoarded)).GetProperty("event_data");
        audited.Text("subject").ShouldBe("ada");
        audited.Text("reason").ShouldBe("left the company");
        (await browser.OpenAsync($"/console/audit?event={AuditEvents.PersonOffBoarded}")).ShouldContain("ada");
    }

    [Theory]
    [InlineData("ada", "", "reason: a reason is required; it is recorded in the audit.")]
    [InlineData("", "left", "subject")]
    public async Task Submit_WithoutReasonOrSubject_IsRefused_AndKeepsWhatWasTyped(
        string subject,
        string reason,
        string why
    )
    {
        var issuer = await Service.IssuerAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync(
            OffBoard,
            ("issuer_id", issuer),
            ("subject", subject),
            ("reason", reason)
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain(why);
        browser.Page.ShouldContain("<details class=\"step\" open>");
        browser.Page.ShouldContain(
            $"name=\"subject\" required maxlength=\"1024\" autocomplete=\"off\" spellcheck=\"false\" value=\"{subject}\""
        );
    }

    [Fact]
    public async Task Get_ByRole_ShowsTheListToAuditors_AndTheFormToAdministrators()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);
        using var viewer = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);
        using var hidden = await viewer.GetAsync(Page);
        hidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var auditor = await ConsolePersons.SignedInAsync(service, [RoleName.Auditor], "grace");
        using var admin = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin], "linus");

        var seen = await auditor.OpenAsync(Page);

        seen.ShouldContain("No token of an off-boarded person can still be valid.");
        seen.ShouldNotContain(OffBoard);
        (await admin.OpenAsync(Page)).ShouldContain(OffBoard);
    }
}
