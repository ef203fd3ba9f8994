using Culvert.Identity.Service.Exchange.Probing;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Exchange.Probing;

public sealed class ExchangeProberTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probe_OfAHealthyService_HoldsAndLeavesNothingBehind()
    {
        using var metrics = new MetricsText();
        var logs = new CapturedLogs();
        await using var service = await ServiceUnderTest.StartAsync(logs.AddTo);
        var before = await EntriesAsync(service);
        var prober = service.Services.GetRequiredService<ExchangeProber>();

        await prober.ProbeAsync(Token);
        await prober.ProbeAsync(Token);

        (await prober.Readiness.Evaluate(Token)).ShouldBeNull();
        var text = metrics.Write();
        for (var i = 0; i < 100 && !HasSucceeded(text); i++)
        {
            // The meter is the process's: a service of another test, whose probe failed, has measured in between.
            await prober.ProbeAsync(Token);
            text = metrics.Write();
        }

        HasSucceeded(text).ShouldBeTrue(text);
        text.ShouldContain("culvert_probe_duration_seconds_count{kind=\"positive\"}");
        (await EntriesAsync(service)).ShouldBe(before);
        (await service.Api.GetOkAsync("/v1/authentication_history")).GetProperty("data").GetArrayLength().ShouldBe(0);
        logs.Text.ShouldNotContain("probe of the exchange");
    }

    [Fact]
    public async Task Probe_StoreIsAway_SaysSoUntilItIsBack()
    {
        var journal = new AwayJournal();
        var logs = new CapturedLogs();
        await using var service = await ServiceUnderTest.StartAsync(services =>
        {
            logs.AddTo(services);
            services.Replace(
                ServiceDescriptor.Singleton<IJournal>(provider =>
                {
                    journal.Inner = provider.GetRequiredService<Journal>();
                    return journal;
                })
            );
        });
        var prober = service.Services.GetRequiredService<ExchangeProber>();

        journal.IsAway = true;
        await prober.ProbeAsync(Token);

        (await prober.Readiness.Evaluate(Token))!.ShouldStartWith(
            "Token exchanges are refused: the store is unavailable"
        );
        prober.Readiness.IsAdvisory.ShouldBeTrue();
        logs.Text.ShouldContain("1006 The positive probe of the exchange failed");

        journal.IsAway = false;
        await prober.ProbeAsync(Token);

        (await prober.Readiness.Evaluate(Token)).ShouldBeNull();
        logs.Text.ShouldContain("1007 The positive probe");
    }

    [Fact] // the clock steps, and nothing is minted
    public async Task Probe_ClockIsNotTrusted_SaysSo()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var prober = service.Services.GetRequiredService<ExchangeProber>();

        service.Time.StepWallClock(TimeSpan.FromHours(5));
        await prober.ProbeAsync(Token);

        (await prober.Readiness.Evaluate(Token))!.ShouldContain("clock");
    }

    [Fact] // no client can exchange by the probe's rule
    public async Task Rule_OfTheProbe_IsUnknownToTheDirectory()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var bench = ActivatorUtilities.CreateInstance<ProbeBench>(
            service.Services,
            service.Options.PublicUrl,
            service.Time.GetUtcNow()
        );

        service
            .Services.GetRequiredService<Service.Federation.FederationDirectory>()
            .Current.FindRule(bench.Rule.Rule.Id.Value)
            .ShouldBeNull();
    }

    private static bool HasSucceeded(string metrics) =>
        metrics.Contains("culvert_probe_success{kind=\"positive\"} 1", StringComparison.Ordinal)
        && metrics.Contains("culvert_probe_success{kind=\"negative\"} 1", StringComparison.Ordinal);

    private static async Task<int> EntriesAsync(ServiceUnderTest service) =>
        (await service.Api.GetOkAsync("/v1/audit?limit=1000")).GetProperty("data").GetArrayLength();

    private sealed class AwayJournal : IJournal
    {
        public IJournal Inner { get; set; } = null!;

        public bool IsAway { get; set; }

        public bool IsHealthy => !IsAway && Inner.IsHealthy;

        public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken) =>
            Inner.CommitAsync(decision, cancellationToken);
    }
}
