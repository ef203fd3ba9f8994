using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels.Machines;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class TunnelPageTests
{
    private const string Report = """
        {"revision":1,"epochs":{"platform":1,"trust_bundle":0},"serials":{"platform":"a1one","server":null},
         "version":"0.1.0","routes":[],"doctor":{"checked_at":"2026-01-01T00:00:00Z","checks":[
         {"id":"bundle_epoch","status":"pass","summary":"It holds the newest bundle.","next":""},
         {"id":"upstreams","status":"fail","summary":"<b>1 of 2</b> upstreams do not respond: docs.","next":"tunnel-agent routes test docs"}]}}
        """;

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();

    [Fact]
    public async Task Get_AgentsFindings_FailuresFirstAndEncoded()
    {
        await using var service = await ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton<IMachinePeerVerifier>(peers)
                .AddSingleton<IAgentEnrollments>(enrollments)
                .AddSingleton<IRevokedMachines>(enrollments)
        );
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        enrollments.Add(FeedTests.Enrollment(tunnel.Id(), service));
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}")).ShouldContain("it has not said yet");

        (await agent.PostAsync("/v1/agent/reports", Report)).EnsureSuccessStatusCode();

        var page = await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}");
        page.ShouldContain("<details open>");
        page.ShouldContain("tunnel-agent routes test docs");
        page.ShouldContain("&lt;b&gt;1 of 2&lt;/b&gt;");
        page.IndexOf("<code>upstreams</code>", StringComparison.Ordinal)
            .ShouldBeLessThan(page.IndexOf("<code>bundle_epoch</code>", StringComparison.Ordinal));
    }
}
