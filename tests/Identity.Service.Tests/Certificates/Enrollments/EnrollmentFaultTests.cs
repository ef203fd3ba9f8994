using System.Net;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Enrollments;

/// <summary>S12 and S13 over HTTPS: each commit of an enrolment is broken in turn.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class EnrollmentFaultTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task Enroll_CommitFails_IsUnavailableAndNothingUnrecordedExists(int breakAt, int intents)
    {
        await using var bench = await BreakableAsync();
        bench.Service.Get<BreakingJournal>().BreakAt(breakAt);

        await bench
            .EnrollAsync(bench.AgentToken())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");

        (await CountAsync(bench, "intent")).ShouldBe(intents);
        (await CountAsync(bench, "issued")).ShouldBe(0);
    }

    [Fact]
    public async Task Enroll_AfterAFailure_WorksAgainForTheSameInstance()
    {
        await using var bench = await BreakableAsync();
        bench.Service.Get<BreakingJournal>().BreakAt(2);
        (await bench.EnrollAsync(bench.AgentToken())).Dispose();

        var (enrollment, _) = await bench.JoinAsync(bench.AgentToken());

        enrollment.Certificate.Serial.ShouldNotBeEmpty();
        (await CountAsync(bench, "issued")).ShouldBe(1);
    }

    [Fact]
    public async Task Sweep_AfterAFailedSecondCommit_ShowsTheIntentAsVoid()
    {
        await using var bench = await BreakableAsync();
        bench.Service.Get<BreakingJournal>().BreakAt(2);
        (await bench.EnrollAsync(bench.AgentToken())).Dispose();

        await bench.Service.Get<OrphanSweep>().RunAsync(TestContext.Current.CancellationToken);

        (await CountAsync(bench, "void")).ShouldBe(1);
    }

    private static Task<MachineBench> BreakableAsync() =>
        MachineBench.StartAsync(configure: services =>
            services
                .AddSingleton(provider => new BreakingJournal(provider.GetRequiredService<Journal>()))
                .AddSingleton<IJournal>(provider => provider.GetRequiredService<BreakingJournal>())
        );

    private static async Task<int> CountAsync(MachineBench bench, string status)
    {
        var list = await bench.Service.Api.GetOkAsync($"/v1/certificates?tunnel_id={bench.TunnelId}");
        return list.GetProperty("data").EnumerateArray().Count(item => item.Text("status") == status);
    }
}
