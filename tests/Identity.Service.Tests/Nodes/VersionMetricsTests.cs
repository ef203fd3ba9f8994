using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Nodes;

public sealed class VersionMetricsTests : IAsyncLifetime
{
    private const int Edges = 7; // more than another test of this process has

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(services =>
            services
                .AddSingleton<IMachinePeerVerifier>(peers)
                .AddSingleton<IAgentEnrollments>(enrollments)
                .AddSingleton<IRevokedMachines>(enrollments)
        );

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Programs_AreCountedByKindAndSkew()
    {
        foreach (var number in Enumerable.Range(1, Edges))
        {
            await ReportAsync(await FeedTests.CreateEdgeAsync(service, $"edge-{number}"), "9.0.0");
        }

        var silent = await FeedTests.CreateEdgeAsync(service, "silent");

        await LookAsync();
        Counts("edge", "unsupported").ShouldContain(Edges);
        Counts("edge", "unknown").ShouldContain(1);
        Counts("service", "same").ShouldContain(1);

        await ReportAsync(silent, "9.1.0");
        await LookAsync();
        Counts("edge", "unsupported").ShouldContain(Edges + 1);
        Counts("edge", "unsupported").ShouldNotContain(Edges);
    }

    private Task ReportAsync(string id, string version) => service.Edge(peers, id).Client.ReportEdgeAsync(version);

    private async Task LookAsync() => await service.Api.PostOkAsync("/v1/jobs/version_metrics/run", "{}");

    // Of every service of this process: other tests run at the same time.
    private static IReadOnlyList<int> Counts(string kind, string skew)
    {
        List<int> counts = [];
        using var listener = Instruments.Listen<int>(
            "culvert_programs",
            (value, labels) =>
            {
                if (labels["kind"] is string a && a == kind && labels["skew"] is string b && b == skew)
                {
                    counts.Add(value);
                }
            }
        );
        listener.RecordObservableInstruments();
        return counts;
    }
}
