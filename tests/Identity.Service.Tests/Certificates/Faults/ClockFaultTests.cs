using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Faults;

/// <summary>
/// Wall clocks that step: nothing is certified by one that cannot be right, nothing is lost meanwhile, and machines
/// recover as soon as the clock does. Starts in the middle of a phase included.
/// </summary>
public sealed class ClockFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Minutes; the last but one is beyond the end of the agent's certificate, the last before everything that is recorded.
    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    [InlineData(120)]
    [InlineData(-120)]
    public async Task Step_CertifiesNothing_AndEverybodyGoesOnWhenTheClockIsBack(int minutes)
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.ApprovedAsync();
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
        var before = Count(bench.Service);
        var step = TimeSpan.FromMinutes(minutes);

        bench.Service.Time.StepWallClock(step);

        var refused = bench.Machines.EnrollAsync(bench.Machines.AgentToken("agent-b"), "two");
        (await refused).Headers.RetryAfter.ShouldNotBeNull();
        await refused.ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "clock.untrusted");
        Count(bench.Service).ShouldBe(before, "not even a serial number is used");

        bench.Service.Time.StepWallClock(-step);
        await bench.Machines.JoinAsync(bench.Machines.AgentToken("agent-b"), "two");
        await machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
        Count(bench.Service).ShouldBe(before + 2);
    }

    // The clock was wrong all the time and an administrator confirms the new one: certificates have expired, and agents
    // enrol again with their enrolment credential (S11b).
    [Fact]
    public async Task LeapToExpiry_Confirmed_AgentsEnrolAnewUnaided()
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.ApprovedAsync();
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());

        bench.Service.Time.StepWallClock(TimeSpan.FromHours(2));
        await bench
            .Machines.EnrollAsync(bench.Machines.AgentToken())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "clock.untrusted");
        bench.Service.Get<ClockGuard>().Confirm();
        await RenewOwnAsync(bench.Service);

        await Should.ThrowAsync<HttpRequestException>(() =>
            machine.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody())
        );
        var (_, again) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        await again.PostOkAsync("/v1/agent/server_certificates", MachineBench.CsrBody());
    }

    // After a restart the monotonic clock does not show the step; the last record does.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task StartedAgain_BehindTheLastRecord_CertifiesNothingUntilTheClockIsBack()
    {
        var service = await ServiceUnderTest.StartAsync();
        try
        {
            await service.Api.PostOkAsync("/v1/clock/confirm");
            var before = Count(service);
            service.Time.StepWallClock(TimeSpan.FromMinutes(-5));
            service = await service.RestartAsync();

            service.Get<ClockGuard>().Check().ShouldNotBeNull();
            Count(service).ShouldBe(before);

            service.Time.StepWallClock(TimeSpan.FromMinutes(5));
            service.Get<ClockGuard>().Check().ShouldBeNull();
            await RenewOwnAsync(service);
            await service.Api.PostOkAsync("/v1/tunnels", "{}");
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    // A start in every phase of a rotation, by a clock that is in doubt first.
    [Theory]
    [InlineData("csr_issued")]
    [InlineData("staged")]
    [InlineData("active")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task StartedAgain_InAPhase_TheRotationGoesOnWhereItWas(string phase)
    {
        var bench = await AuthorityBench.StartAsync(options: o =>
            o with
            {
                Certificates = o.Certificates with { ServerLife = TimeSpan.FromMinutes(5) },
            }
        );
        var service = bench.Service;
        try
        {
            var first = await ActiveAsync(bench, TimeSpan.FromMinutes(60));
            await bench.Machines.PassAsync(TimeSpan.FromMinutes(30));
            await service.Get<SuccessorSteps>().RunAsync(Cancel);
            var successor = (await ListAsync(service, bench)).Single(item => item.Id != first).Id;
            var chain = await bench.SignedAsync(successor);
            if (phase != "csr_issued")
            {
                await SignAsync(service, successor, chain);
            }

            // The switch is due at 50 minutes.
            await bench.Machines.PassAsync(TimeSpan.FromMinutes(15));
            if (phase == "active")
            {
                await bench.Machines.PassAsync(TimeSpan.FromMinutes(5));
                await service.Get<SuccessorSteps>().RunAsync(Cancel);
            }

            (await StateAsync(service, successor)).ShouldBe(phase);

            // While it is down its clock loses five minutes: nothing moves by such a clock.
            await service.Api.PostOkAsync("/v1/clock/confirm");
            await service.StopAsync();
            service.Time.StepWallClock(TimeSpan.FromMinutes(-5));
            service = await service.RestartAsync();
            await RunAsync(service);
            (await StateAsync(service, successor)).ShouldBe(phase);

            service.Time.StepWallClock(TimeSpan.FromMinutes(5));
            if (phase == "csr_issued")
            {
                await SignAsync(service, successor, chain);
            }

            service.Time.Advance(TimeSpan.FromMinutes(5));
            await RunAsync(service);
            (await StateAsync(service, successor)).ShouldBe("active");
            await RunAsync(service);
            (await StateAsync(service, first)).ShouldBe("retired", "it issued nothing");
        }
        finally
        {
            bench.Root.Dispose();
            await service.DisposeAsync();
        }
    }

    private static async Task RunAsync(ServiceUnderTest service)
    {
        await service.Get<SuccessorSteps>().RunAsync(Cancel);
        await service.Get<RotationSteps>().RunAsync(Cancel);
    }

    private static Task RenewOwnAsync(ServiceUnderTest service) =>
        service.Services.GetServices<IHostedService>().OfType<ServiceCertificateRenewal>().Single().RenewAsync(Cancel);

    private static async Task<string> ActiveAsync(AuthorityBench bench, TimeSpan life)
    {
        var id = await bench.CreateAsync();
        await SignAsync(bench.Service, id, await bench.SignedAsync(id, life));
        (await bench.StateAsync(id)).ShouldBe("active");
        return id;
    }

    private static async Task SignAsync(ServiceUnderTest service, string id, string chain)
    {
        var fingerprint = OfflineRoot.Fingerprint(chain);
        await service.Api.PostOkAsync(
            AuthorityBench.Path(id, "chain"),
            JsonSerializer.Serialize(new { chain_pem = chain, fingerprint })
        );
        await service.Api.PostOkAsync(
            AuthorityBench.Path(id, "approve"),
            JsonSerializer.Serialize(new { fingerprint })
        );
    }

    private static async Task<string> StateAsync(ServiceUnderTest service, string id) =>
        WireNames.Get((await service.Get<TunnelAuthorityStore>().FindAsync(id, Cancel))!.State);

    private static async Task<List<(string Id, string State)>> ListAsync(
        ServiceUnderTest service,
        AuthorityBench bench
    ) =>
        [
            .. (await service.Api.GetOkAsync($"/v1/certificate_authorities?tunnel_id={bench.Machines.TunnelId}"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(item => (item.Id(), item.Text("state")!)),
        ];

    private static int Count(ServiceUnderTest service)
    {
        using var connection = service.Get<Database>().OpenWrite();
        return connection.ExecuteScalar<int>("SELECT COUNT(*) FROM certificates WHERE kind <> 'service'");
    }
}
