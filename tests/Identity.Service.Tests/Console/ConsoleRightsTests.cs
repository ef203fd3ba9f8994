using System.Net;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Http;
using Microsoft.AspNetCore.Routing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class ConsoleRightsTests : IAsyncLifetime
{
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    // Every form, sent by a user without any right: a form that has no row here cannot be allowed by mistake.
    [Fact]
    public async Task Submit_AnyFormAsViewer_IsRefused()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);
        var token = ConsoleBrowser.TokenOf(await browser.OpenAsync("/console"));
        // A filter that a person keeps is the person's own.
        var forms = Forms().Where(form => !form.Contains("/filters", StringComparison.Ordinal)).ToList();
        forms.Count.ShouldBeGreaterThan(4);

        foreach (var form in forms)
        {
            using var answer = await browser.SubmitWithAsync(form, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, form);
            browser.Page.ShouldContain("console.role", customMessage: form);
        }
    }

    [Fact]
    public async Task Submit_AnyFormWithoutRole_IsRefused()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, ["owner"]);
        using var viewer = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);

        using var page = await browser.GetAsync("/console/tunnels");
        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var token = ConsoleBrowser.TokenOf(browser.Page);
        foreach (var form in Forms())
        {
            using var answer = await browser.SubmitWithAsync(form, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, form);
        }
    }

    // Not signed in, and with a form token of no session: every page and form leads to the sign-in page.
    [Fact]
    public async Task Any_NobodySignedIn_IsSentToSignIn()
    {
        using var browser = new ConsoleBrowser(service);
        foreach (
            var page in Paths("GET")
                .Where(path => path.StartsWith("/console", StringComparison.Ordinal) && !IsOpen(path))
        )
        {
            using var answer = await browser.GetAsync(page);
            answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, page);
            answer.Headers.Location!.ToString().ShouldStartWith("/console/sign-in?next=");
        }

        foreach (var form in Forms())
        {
            using var answer = await browser.SubmitWithAsync(form, "x");
            answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, form);
        }
    }

    [Theory]
    [InlineData(RoleName.Viewer, "GET /v1/audit", true)]
    [InlineData(RoleName.Viewer, "POST /v1/tunnels", false)]
    [InlineData(RoleName.Viewer, "POST /v1/certificate_authorities/{ca_id}/approve", false)]
    [InlineData(RoleName.Operator, "POST /v1/tunnels/{tunnel_id}/pause", true)]
    [InlineData(RoleName.Operator, "POST /v1/tunnels/{tunnel_id}/hostnames", true)]
    [InlineData(RoleName.Operator, "DELETE /v1/tunnels/{tunnel_id}/hostnames/{name}", true)]
    [InlineData(RoleName.Operator, "POST /v1/organizations/service_accounts", false)]
    [InlineData(RoleName.Operator, "POST /v1/certificate_authorities/{ca_id}/approve", false)]
    [InlineData(RoleName.Operator, "POST /v1/organizations/federation_rules", false)]
    [InlineData(RoleName.Approver, "POST /v1/certificate_authorities/{ca_id}/approve", true)]
    [InlineData(RoleName.Approver, "POST /v1/certificate_authorities/{ca_id}/activate", false)]
    [InlineData(RoleName.Approver, "POST /v1/tunnels/{tunnel_id}/pause", false)]
    [InlineData(RoleName.Approver, "DELETE /v1/tunnels/{tunnel_id}/hostnames/{name}", false)]
    [InlineData(RoleName.Approver, "POST /v1/tunnels/{tunnel_id}/relying_parties/{relying_party_id}/acknowledge", true)]
    [InlineData(
        RoleName.Operator,
        "POST /v1/tunnels/{tunnel_id}/relying_parties/{relying_party_id}/acknowledge",
        false
    )]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/organizations/service_accounts/{id}/archive", true)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/tunnels/{tunnel_id}/hostnames/{name}/approve", false)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/certificate_authorities/{ca_id}/activate", true)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/edges", false)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/organizations", false)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/organizations/{organization}/archive", false)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/tunnels/{tunnel_id}/reveal_token", false)]
    [InlineData(RoleName.SecurityAdmin, "GET /v1/jobs", false)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/jobs/{job}/pause", false)]
    [InlineData(RoleName.Viewer, "GET /v1/approvals", false)]
    [InlineData(RoleName.Viewer, "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/approve", false)]
    [InlineData(RoleName.Viewer, "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/reject", false)]
    [InlineData(RoleName.Operator, "GET /v1/approvals", true)]
    [InlineData(RoleName.Operator, "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/approve", true)]
    [InlineData(RoleName.Operator, "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/reject", true)]
    [InlineData(RoleName.Approver, "GET /v1/approvals", true)]
    [InlineData(RoleName.Approver, "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/approve", true)]
    [InlineData(RoleName.Approver, "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/reject", true)]
    [InlineData(RoleName.SecurityAdmin, "GET /v1/approvals", true)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/approve", true)]
    [InlineData(RoleName.SecurityAdmin, "POST /v1/tunnels/{tunnel_id}/approvals/{approval_id}/reject", true)]
    [InlineData("owner", "GET /v1/tunnels", false)]
    [InlineData("owner", "GET /v1/approvals", false)]
    public void May_RoleAndOperation_IsAsDocumented(string role, string operation, bool may) =>
        RoleGate.May([role], DeclaredOperations.Find(operation)).ShouldBe(may);

    [Fact]
    public async Task Submit_PauseAsOperator_IsDoneAndAuditedAsThePerson()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""");
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Operator], "grace");
        await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}");

        using var answer = await browser.SubmitAsync($"/console/tunnels/{tunnel.Id()}/pause", ("reason", "a test"));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        answer.Headers.Location!.ToString().ShouldBe($"/console/tunnels/{tunnel.Id()}?done");
        (await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}")).ShouldContain("Resume: accept clients again");
        var entry = (await service.Api.GetOkAsync("/v1/audit?limit=50"))
            .GetProperty("data")
            .EnumerateArray()
            .First(one => one.GetProperty("event").GetString() == "tunnel_paused");
        var actor = entry.GetProperty("body").GetProperty("actor");
        actor.Text("type").ShouldBe("person");
        actor.Text("subject").ShouldBe("grace");
        actor.Text("issuer").ShouldBe(ConsolePersons.Issuer);
    }

    private List<string> Forms() =>
        [
            .. Paths("POST")
                .Where(path => path.StartsWith("/console", StringComparison.Ordinal))
                .Where(path => !IsOpen(path) && path != "/console/sign-out"),
        ];

    private static bool IsOpen(string path) =>
        path.StartsWith("/console/sign-in", StringComparison.Ordinal)
        || path.StartsWith("/console/assets/", StringComparison.Ordinal);

    // Ids that no object has: who may not must not learn even that.
    private List<string> Paths(string method) =>
        [
            .. service
                .Get<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
                .Where(one => one.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains(method))
                .Select(one =>
                    string.Join(
                        '/',
                        one.RoutePattern.RawText!.Split('/').Select(part => part.StartsWith('{') ? "x" : part)
                    )
                ),
        ];
}
