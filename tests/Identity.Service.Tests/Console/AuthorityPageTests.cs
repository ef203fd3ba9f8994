using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Certificates.Rotation;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class AuthorityPageTests
{
    [Fact]
    public async Task Submit_AcknowledgeForARelyingParty_CountsAsThatPersonsWord()
    {
        await using var bench = await RotationBench.StartAsync();
        await bench.ApprovedAsync("active");
        var (appliance, unused) = await bench.RelyingPartyAsync("appliance");
        unused.Dispose();
        var second = await bench.ApprovedAsync("staged");
        var page = $"/console/authorities/{second}";
        var form = $"{page}/tunnels/{bench.Machines.TunnelId}/relying_parties/{appliance}/acknowledge";
        using var browser = await ConsoleBrowser.SignedInAsync(bench.Service);
        (await browser.OpenAsync(page)).ShouldContain($"action=\"{form}\"");

        using var early = await browser.SubmitAsync(form, ("epoch", "3"));
        early.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("bundle.epoch");
        using var done = await browser.SubmitAsync(form, ("epoch", "2"));

        done.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        done.Headers.Location!.ToString().ShouldBe(page + "?done");
        var shown = await browser.OpenAsync(page);
        shown.ShouldContain("All required parties have acknowledged");
        shown.ShouldNotContain(form);
        (await bench.RotationAsync(second)).GetProperty("missing").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Submit_AcknowledgeForOneThatSpeaksForItself_IsRefused()
    {
        await using var bench = await RotationBench.StartAsync();
        await bench.ApprovedAsync("active");
        var (id, product) = await bench.RelyingPartyAsync("product");
        using var client = product;
        await bench.FetchAsync(product);
        var second = await bench.ApprovedAsync("staged");
        using var browser = await ConsoleBrowser.SignedInAsync(bench.Service);
        (await browser.OpenAsync($"/console/authorities/{second}")).ShouldContain("<td>itself</td>");

        using var answer = await browser.SubmitAsync(
            $"/console/authorities/{second}/tunnels/{bench.Machines.TunnelId}/relying_parties/{id}/acknowledge",
            ("epoch", "2")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, browser.Page);
        browser.Page.ShouldContain("bundle.own_word");
    }

    [Fact]
    public async Task Get_WaitingForApproval_ShowsWhatIsApproved_AndNotTheFingerprint()
    {
        await using var bench = await RotationBench.StartAsync();
        var id = (
            await bench.Service.Api.PostOkAsync(
                "/v1/certificate_authorities",
                JsonSerializer.Serialize(new { name = "issuing-2027", tunnel_id = bench.Machines.TunnelId })
            )
        ).Id();
        var api = $"/v1/certificate_authorities/{id}";
        var chain = bench.Root.Sign((await bench.Service.Api.GetOkAsync($"{api}/csr")).Text("csr_pem")!);
        var fingerprint = OfflineRoot.Fingerprint(chain);
        var hex = fingerprint.Replace(":", "", StringComparison.Ordinal);
        var body = JsonSerializer.Serialize(new { chain_pem = chain, fingerprint });
        (await bench.Service.Api.PostOkAsync($"{api}/chain", body)).Text("state").ShouldBe("verified");
        using var certificate = X509Certificate2.CreateFromPem(chain);
        using var browser = await ConsoleBrowser.SignedInAsync(bench.Service);

        var page = WebUtility.HtmlDecode(await browser.OpenAsync($"/console/authorities/{id}"));

        page.ShouldContain($"<dt>Subject</dt><dd><code>{certificate.Subject}</code>");
        page.ShouldContain($"<dt>Issuer</dt><dd><code>{certificate.Issuer}</code>");
        page.ShouldContain($"<dt>Serial</dt><dd><code>{certificate.SerialNumber.ToLowerInvariant()}</code>");
        page.ShouldContain($"{SHA256Of(certificate)}</code>");
        page.ShouldContain("path length 0");
        page.ShouldContain("Its root");
        page.ShouldNotContain(fingerprint, Case.Insensitive);
        page.ShouldNotContain(hex, Case.Insensitive);
        (await browser.OpenAsync("/console")).ShouldContain($"<a href=\"/console/authorities/{id}\">authorities</a>");

        using var approved = await browser.SubmitAsync(
            $"/console/authorities/{id}/approve",
            ("fingerprint", fingerprint)
        );
        approved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync($"/console/authorities/{id}")).ShouldContain(hex, Case.Insensitive);
    }

    [Fact]
    public async Task Get_ActiveAuthorityWithALeaf_DoesNotSayThatItRetires()
    {
        await using var bench = await RotationBench.StartAsync();
        var id = await bench.ApprovedAsync("active");
        var (_, agent) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        await agent.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
        (await bench.RotationAsync(id)).Text("retires_at").ShouldNotBeNull();
        using var browser = await ConsoleBrowser.SignedInAsync(bench.Service);

        var page = await browser.OpenAsync($"/console/authorities/{id}");

        page.ShouldContain("<dt>Live certificates</dt><dd>1</dd>");
        page.ShouldNotContain("<dt>Retires");
        page.ShouldNotContain("<dt>Removed from the bundle");
    }

    [Fact]
    public async Task Get_StagedWithoutRelyingParties_SaysUntilWhenAndNamesNobody()
    {
        await using var bench = await RotationBench.StartAsync(propagation: TimeSpan.FromHours(24));
        await bench.ApprovedAsync("active");
        var second = await bench.ApprovedAsync("staged");
        using var browser = await ConsoleBrowser.SignedInAsync(bench.Service);

        var page = await browser.OpenAsync($"/console/authorities/{second}");

        page.ShouldContain("<dt>Clients have until</dt>");
        page.ShouldContain("All required parties have acknowledged");
        page.ShouldNotContain("<th scope=\"row\">propagation");
        page.ShouldNotContain("<td>propagation");
        page.ShouldContain($"culvert ca status {second} --watch");
    }

    [Fact]
    public async Task Submit_Taint_TakesASecondStepAndAReason()
    {
        await using var bench = await RotationBench.StartAsync();
        var id = await bench.ApprovedAsync("active");
        var page = $"/console/authorities/{id}";
        using var browser = await ConsoleBrowser.SignedInAsync(bench.Service);
        var shown = await browser.OpenAsync(page);
        shown.ShouldContain("<summary>Taint: its key may be known to others…");
        shown.ShouldContain("0 certificates that it issued are valid now");

        using var bare = await browser.SubmitAsync($"{page}/taint", ("expected_state", "active"), ("reason", " "));
        bare.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("a reason is required");
        browser.Page.ShouldContain("<details class=\"step\" open>");
        (await bench.StateAsync(id)).ShouldBe("active");

        using var done = await browser.SubmitAsync(
            $"{page}/taint",
            ("expected_state", "active"),
            ("reason", "stolen laptop")
        );
        done.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await bench.StateAsync(id)).ShouldBe("tainted");
    }

    private static string SHA256Of(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
}
