using System.Net;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Health;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Clock;

public sealed class ClockGuardTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    // The leeway is 30 s.
    [Theory]
    [Trait("Attack", "A18")]
    [InlineData(-31, true)]
    [InlineData(-30, false)]
    [InlineData(-29, false)]
    [InlineData(29, false)]
    [InlineData(30, false)]
    [InlineData(31, true)]
    public async Task Check_WallClockStepped_AlarmsBeyondTheLeeway(int seconds, bool alarms)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var guard = service.Get<ClockGuard>();

        service.Time.StepWallClock(TimeSpan.FromSeconds(seconds));

        (guard.Check() is not null).ShouldBe(alarms);
    }

    [Fact]
    [Trait("Attack", "A18")]
    public async Task Check_TimePasses_NeverAlarms()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var guard = service.Get<ClockGuard>();
        for (var day = 0; day < 3; day++)
        {
            service.Time.Advance(TimeSpan.FromDays(1));
            guard.Check().ShouldBeNull();
        }
    }

    [Theory]
    [Trait("Attack", "A18")]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task Exchange_WallClockStepped_MintsNothingUntilItIsConfirmed(int seconds)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);

        service.Time.StepWallClock(TimeSpan.FromSeconds(seconds));

        await service
            .ExchangeAsync(rule, service.Token())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "clock.unsynchronised");
        (await ReadinessAsync(service)).ShouldContain("clock");
        var status = await service.GetAsync("/v1/clock");
        status.GetProperty("trusted").GetBoolean().ShouldBeFalse();
        status.GetProperty("step_seconds").GetInt64().ShouldBe(seconds);

        var confirmed = await service.CreateAsync("/v1/clock/confirm");

        confirmed.GetProperty("trusted").GetBoolean().ShouldBeTrue();
        (await ReadinessAsync(service)).ShouldNotContain(check => check == "clock");
        await service.AccessTokenAsync(rule);
    }

    [Fact]
    [Trait("Attack", "A18")]
    public async Task Exchange_WallClockComesBack_GoesOnUnaided()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        service.Time.StepWallClock(TimeSpan.FromHours(1));
        using (var refused = await service.ExchangeAsync(rule, service.Token()))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        service.Time.StepWallClock(TimeSpan.FromHours(-1));

        await service.AccessTokenAsync(rule);
    }

    [Fact]
    [Trait("Attack", "A18")]
    public async Task Validate_WallClockSteppedBack_ExpiredTokenStaysExpired()
    {
        await using var service = await FederatedService.StartAsync();
        using var client = service.Service.Client(await service.AccessTokenAsync(await service.RuleAsync()));
        // Beyond the token's ten minutes; not so far that the service renews its own certificate.
        service.Time.Advance(TimeSpan.FromMinutes(15));
        service.Time.StepWallClock(TimeSpan.FromMinutes(-15));

        await client
            .GetAsync("/v1/tunnels", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.expired");
    }

    [Fact]
    [Trait("Attack", "A18")]
    public async Task Start_ClockBeforeTheLastDecision_Alarms()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await service.Api.PostOkAsync("/v1/clock/confirm");
        service.Time.StepWallClock(TimeSpan.FromHours(-1));
        var restarted = ActivatorUtilities.CreateInstance<ClockGuard>(service.Services);

        await restarted.StartAsync(TestContext.Current.CancellationToken);

        restarted.Check().ShouldNotBeNull().Step.ShouldBe(TimeSpan.FromHours(-1));
    }

    [Fact] // records after the step have the wrong time, including the alarm itself
    [Trait("Attack", "A18")]
    public async Task Start_ClockSteppedBackBefore_AlarmsUntilItAgreesOrIsConfirmed()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        service.Time.StepWallClock(TimeSpan.FromHours(-1));
        service.Get<ClockGuard>().Check().ShouldNotBeNull();
        await service.Api.PostOkAsync("/v1/tunnels");
        (await service.Get<AuditLog>().LatestAsync(Cancel)).ShouldBe(service.Time.GetUtcNow());
        var entry = (
            await service.Get<AuditLog>().LastClockEntryAsync(service.Get<StoreNode>().Name, Cancel)
        ).ShouldNotBeNull();
        entry.Event.ShouldBe(AuditEvents.ClockAlarm);
        (entry.At - ClockEvents.ReadStep(entry.Body)).ShouldBe(service.Time.GetUtcNow() + TimeSpan.FromHours(1));

        (await RestartedAsync()).ShouldNotBeNull().Step.ShouldBe(TimeSpan.FromHours(-1));

        service.Time.StepWallClock(TimeSpan.FromHours(1));
        (await RestartedAsync()).ShouldBeNull();
        service.Time.StepWallClock(TimeSpan.FromHours(-1));
        await service.Api.PostOkAsync("/v1/clock/confirm");
        (await RestartedAsync()).ShouldBeNull();

        async Task<ClockAlarm?> RestartedAsync()
        {
            var restarted = ActivatorUtilities.CreateInstance<ClockGuard>(service.Services);
            await restarted.StartAsync(Cancel);
            return restarted.Check();
        }
    }

    // Row 29 of the bad inputs: the refusal of certificates has a name of its own.
    [Fact]
    public async Task Enroll_WallClockStepped_CertifiesNothing()
    {
        await using var bench = await MachineBench.StartAsync();

        bench.Service.Time.StepWallClock(TimeSpan.FromHours(-1));

        await bench
            .EnrollAsync(bench.AgentToken())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "clock.untrusted");
    }

    [Fact] // the other clock continued while the process, or its machine, was paused
    [Trait("Attack", "A18")]
    public async Task Check_PausedBetweenTheTwoClocks_IsNoStep()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var time = new PausedOnce(service.Time);
        var guard = ActivatorUtilities.CreateInstance<ClockGuard>(service.Services, (TimeProvider)time);

        time.PauseAtNextReading();
        guard.Check().ShouldBeNull();
        time.PauseAtNextReading();
        guard.LatestNow().ShouldBe(service.Time.GetUtcNow());
        time.PauseAtNextReading();
        guard.Confirm();

        guard.Check().ShouldBeNull();
    }

    private static async Task<IEnumerable<string>> ReadinessAsync(FederatedService service)
    {
        var failing = new List<string>();
        foreach (var check in service.Service.Services.GetServices<ReadinessCheck>())
        {
            if (await check.Evaluate(TestContext.Current.CancellationToken) is not null)
            {
                failing.Add(check.Name);
            }
        }

        return failing;
    }

    /// <summary>Pauses for a minute directly after a reading of the wall clock.</summary>
    private sealed class PausedOnce(FakeTimeProvider time) : TimeProvider
    {
        private bool pauses;

        public override long TimestampFrequency => time.TimestampFrequency;

        public void PauseAtNextReading() => pauses = true;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow()
        {
            var now = time.GetUtcNow();
            if (pauses)
            {
                pauses = false;
                time.Advance(TimeSpan.FromMinutes(1));
            }

            return now;
        }
    }
}
