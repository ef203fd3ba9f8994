using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Doctor;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

public sealed class ReportedChecksTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Run_FirstAfterSettlingThenAtItsPace_TellsStatusSummaryAndNextAlone()
    {
        var warning = DoctorFinding.Warn("edges", "1 of 2 edges", "because", "do this", "then that") with
        {
            Evidence = ["what nobody else should see"],
        };
        DoctorFinding[] first = [warning];
        DoctorFinding[] second = [DoctorFinding.Pass("edges", "Every edge is connected.")];
        var runs = 0;
        var checks = new ReportedChecks(
            _ => Task.FromResult<IReadOnlyList<DoctorFinding>>(runs++ == 0 ? first : second),
            time
        );
        using var stop = new CancellationTokenSource();
        using var told = new SemaphoreSlim(0);
        var running = checks.RunAsync(() => told.Release(), stop.Token);
        checks.Latest.ShouldBeNull();

        time.Advance(ReportedChecks.Settling);
        await told.WaitAsync(TestContext.Current.CancellationToken);
        var found = checks.Latest.ShouldNotBeNull();
        found.CheckedAt.ShouldBe(time.GetUtcNow());
        found
            .Checks.ShouldHaveSingleItem()
            .ShouldBe(new AgentReportCheck(Id: "edges", Status: "warn", Summary: "1 of 2 edges", Next: "do this"));

        time.Advance(ReportedChecks.Between);
        await told.WaitAsync(TestContext.Current.CancellationToken);
        checks.Latest!.Checks.ShouldHaveSingleItem().Status.ShouldBe("pass");
        checks.Latest.CheckedAt.ShouldBe(time.GetUtcNow());

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task Run_CheckThrows_IsToldWithoutItsMessageAndTheNextRunComes()
    {
        var checks = new ReportedChecks(_ => throw new InvalidOperationException("secret"), time);
        using var stop = new CancellationTokenSource();
        using var told = new SemaphoreSlim(0);
        var running = checks.RunAsync(() => told.Release(), stop.Token);

        time.Advance(ReportedChecks.Settling);
        await told.WaitAsync(TestContext.Current.CancellationToken);
        var found = checks.Latest!.Checks.ShouldHaveSingleItem();
        found.Id.ShouldBe(ReportedChecks.Checks);
        found.Status.ShouldBe("fail");
        found.Summary.ShouldBe("The checks did not finish: an unexpected error.");

        time.Advance(ReportedChecks.Between);
        await told.WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task Run_LongOrBrokenLines_AreCutToWhatTheServiceTakes()
    {
        var finding = DoctorFinding.Fail("edges", new string('x', 301), "", "a\r\nb");
        var checks = new ReportedChecks(
            _ => Task.FromResult<IReadOnlyList<DoctorFinding>>([.. Enumerable.Repeat(finding, 65)]),
            time
        );
        using var stop = new CancellationTokenSource();
        using var told = new SemaphoreSlim(0);
        var running = checks.RunAsync(() => told.Release(), stop.Token);

        time.Advance(ReportedChecks.Settling);
        await told.WaitAsync(TestContext.Current.CancellationToken);

        checks.Latest!.Checks.Count.ShouldBe(AgentReportDoctor.MaxChecks);
        checks.Latest.Checks[0].Summary.ShouldBe(new string('x', 299) + "…");
        checks.Latest.Checks[0].Next.ShouldBe("a  b");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }
}
