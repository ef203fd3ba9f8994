using System.Net;
using Culvert.Identity.Service.Tests.Certificates.Rotation;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

[Trait(StorageTrait.Name, StorageTrait.Both)]
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
        shown.ShouldContain("Everybody who counts has acknowledged");
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
}
