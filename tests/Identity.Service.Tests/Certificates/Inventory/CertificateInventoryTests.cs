using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Inventory;

public sealed class CertificateInventoryTests
{
    [Fact]
    public async Task List_ByTunnel_ShowsItsCertificatesPageByPage()
    {
        await using var bench = await MachineBench.StartAsync();
        var (first, _) = await bench.JoinAsync(bench.AgentToken(), "one");
        var (second, _) = await bench.JoinAsync(bench.AgentToken(), "two");

        var page = await bench.Service.Api.GetOkAsync($"/v1/certificates?tunnel_id={bench.TunnelId}&limit=1");
        page.GetProperty("data")[0].Text("serial").ShouldBe(second.Certificate.Serial);
        var next = page.Text("next_page");
        var rest = await bench.Service.Api.GetOkAsync(
            $"/v1/certificates?tunnel_id={bench.TunnelId}&limit=1&page={next}"
        );

        var item = rest.GetProperty("data")[0];
        item.Text("serial").ShouldBe(first.Certificate.Serial);
        item.Text("kind").ShouldBe("agent");
        item.Text("status").ShouldBe("issued");
        item.Text("identity").ShouldBe(first.SpiffeId);
        item.GetProperty("ca_id").ValueKind.ShouldBe(JsonValueKind.Null);
        rest.GetProperty("next_page").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task List_BySerial_FindsTheOneInEitherCase()
    {
        await using var bench = await MachineBench.StartAsync();
        var (enrollment, _) = await bench.JoinAsync(bench.AgentToken());

        var found = await bench.Service.Api.GetOkAsync(
            $"/v1/certificates?serial={enrollment.Certificate.Serial.ToUpperInvariant()}"
        );

        found.GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task List_AnotherOrganization_SeesNothing()
    {
        await using var bench = await MachineBench.StartAsync();
        await bench.JoinAsync(bench.AgentToken());
        using var stranger = bench.Service.Client(
            bench.AgentToken(organization: "other", workspace: "other", scope: Scopes.ManageTunnels)
        );

        var list = await stranger.GetOkAsync("/v1/certificates");

        list.GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task List_ServicesOwnCertificates_AreForTheInstallationAlone()
    {
        await using var bench = await MachineBench.StartAsync();
        using var workload = bench.Service.Client(bench.AgentToken(scope: Scopes.ManageTunnels));

        var operators = await bench.Service.Api.GetOkAsync("/v1/certificates");
        var workloads = await workload.GetOkAsync("/v1/certificates");

        operators.GetProperty("data").EnumerateArray().ShouldContain(item => item.Text("kind") == "service");
        workloads.GetProperty("data").GetArrayLength().ShouldBe(0);
    }
}
