using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Enrollments;

/// <summary>S4 at <c>POST /v1/agent/renewals</c>.</summary>
public sealed class AgentRenewalTests
{
    [Fact]
    public async Task Renew_LiveEnrolment_GivesANewCertificateOfTheSameIdentity()
    {
        await using var bench = await MachineBench.StartAsync();
        var (first, machine) = await bench.JoinAsync(bench.AgentToken());

        var renewed = await machine.PostOkAsync("/v1/agent/renewals", MachineBench.CsrBody());

        renewed.Id().ShouldBe(first.Id);
        renewed.Text("spiffe_id").ShouldBe(first.SpiffeId);
        renewed.GetProperty("certificate").Text("serial").ShouldNotBe(first.Certificate.Serial);
    }

    [Fact]
    public async Task Renew_RuleEnded_IsRefusedAndTheSerialRevoked()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());
        await machine.PostOkAsync("/v1/agent/renewals", MachineBench.CsrBody());
        bench.Federation.End("fdrl_agents");

        await machine
            .PostAsync("/v1/agent/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.disabled");

        // A change of federation bumps the feed, which is when the revocations are derived again.
        await bench.SetTunnelAsync(new { display_name = "bump" });
        await machine
            .PostAsync("/v1/agent/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.peer_revoked");
    }

    [Fact]
    public async Task Renew_RevokedEnrolment_IsRefusedAndANewOneStartsAfresh()
    {
        await using var bench = await MachineBench.StartAsync();
        var (first, machine) = await bench.JoinAsync(bench.AgentToken());

        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/agents/{first.Id}/revoke");

        await machine
            .PostAsync("/v1/agent/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.peer_revoked");
        var (second, _) = await bench.JoinAsync(bench.AgentToken());
        second.Id.ShouldNotBe(first.Id);
    }

    // The feed that shows a revocation lists the serials of that moment: none may be added afterwards.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Renew_RevokedBetweenCheckAndIntent_IssuesNothing()
    {
        await using var bench = await MachineBench.StartAsync(configure: services =>
            services
                .AddSingleton(provider => new InterruptingJournal(provider.GetRequiredService<Journal>()))
                .AddSingleton<IJournal>(provider => provider.GetRequiredService<InterruptingJournal>())
        );
        var (first, machine) = await bench.JoinAsync(bench.AgentToken());
        bench
            .Service.Get<InterruptingJournal>()
            .BeforeNextIntent(() =>
                bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/agents/{first.Id}/revoke")
            );

        await machine
            .PostAsync("/v1/agent/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.unknown");

        var certificates = await bench.Service.Api.GetOkAsync($"/v1/certificates?tunnel_id={bench.TunnelId}");
        certificates.GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK)]
    [InlineData(1, HttpStatusCode.Forbidden)]
    public async Task Renew_WithoutFreshProof_IsPossibleForADay(int secondsBeyond, HttpStatusCode expected)
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());
        var day = TimeSpan.FromHours(24);

        for (var passed = TimeSpan.Zero; passed < day; passed += TimeSpan.FromMinutes(45))
        {
            await bench.PassAsync(TimeSpan.FromMinutes(45));
            machine = await RenewAsync(bench, machine);
        }

        await bench.PassAsync(TimeSpan.FromSeconds(secondsBeyond));
        using var response = await machine.PostAsync("/v1/agent/renewals", MachineBench.CsrBody());
        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Renew_WithFreshProof_ResetsTheClock()
    {
        await using var bench = await MachineBench.StartAsync(o =>
            o with
            {
                Agents = new() { MaxSinceProof = TimeSpan.FromMinutes(30) },
            }
        );
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());
        await bench.PassAsync(TimeSpan.FromMinutes(31));
        await machine
            .PostAsync("/v1/agent/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.proof_expired");

        using var proven = ApiCalls.Post("/v1/agent/renewals", MachineBench.CsrBody());
        proven.Headers.Authorization = new("Bearer", bench.AgentToken());
        using var response = await machine.SendAsync(proven, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await machine.PostOkAsync("/v1/agent/renewals", MachineBench.CsrBody());
    }

    [Fact]
    public async Task Renew_WithProofOfAnotherIdentity_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken("agent-a"));
        using var request = ApiCalls.Post("/v1/agent/renewals", MachineBench.CsrBody());
        request.Headers.Authorization = new("Bearer", bench.AgentToken("agent-b"));

        await machine
            .SendAsync(request, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.identity");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Renew_TunnelTokenRotated_NeedsTheNewOne()
    {
        await using var bench = await MachineBench.StartAsync();
        await bench.SetTunnelAsync(new { agent_source_ranges = new[] { "127.0.0.0/8" } });
        var (_, machine) = await bench.JoinAsync(await bench.TunnelTokenAsync());
        await machine.PostOkAsync("/v1/agent/renewals", MachineBench.CsrBody());

        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/rotate_token", "{}");

        await machine
            .PostAsync("/v1/agent/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "renewal.token_rotated");
        using var proven = ApiCalls.Post("/v1/agent/renewals", MachineBench.CsrBody());
        proven.Headers.Authorization = new("Bearer", await bench.TunnelTokenAsync());
        using var response = await machine.SendAsync(proven, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Renew_ArchivedTunnel_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, machine) = await bench.JoinAsync(bench.AgentToken());
        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/archive");

        await machine
            .PostAsync("/v1/agent/renewals", MachineBench.CsrBody())
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
    }

    private static async Task<HttpClient> RenewAsync(MachineBench bench, HttpClient machine)
    {
        var key = CertificateRequests.NewKey();
        var body = JsonSerializer.Serialize(new { csr = CertificateRequests.Create(key) });
        var answer = await machine.PostOkAsync("/v1/agent/renewals", body);
        var document = answer.GetProperty("certificate").Deserialize(WireJson.Default.CertificateDocument)!;
        return bench.Machine(document, key);
    }
}
