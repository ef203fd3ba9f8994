using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Tests.Windows;

public sealed class WindowBudgetTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(32 * MiB, true)]
    [InlineData((32 * MiB) + 1, false)]
    public void TakeAtStart_UntilHalf_IsGiven(int bytes, bool given)
    {
        var budget = new WindowBudget(64 * MiB);
        budget.TryTakeAtStart(bytes).ShouldBe(given);
        budget.FreeBytes.ShouldBe(given ? (64 * MiB) - bytes : 64 * MiB);
    }

    [Fact]
    public void TakeForGrowth_AgainAndAgain_NeverTakesTheLast()
    {
        var budget = new WindowBudget(64 * MiB);
        budget.AcquireForGrowth(16 * MiB).ShouldBe(16 * MiB);
        budget.AcquireForGrowth(16 * MiB).ShouldBe(12 * MiB);
        for (var i = 0; i < 100; i++)
        {
            budget.AcquireForGrowth(16 * MiB);
        }

        budget.FreeBytes.ShouldBeGreaterThan(0);
        budget.AcquireForGrowth(16 * MiB).ShouldBe(0);
    }

    [Fact]
    public void Take_BudgetOfTheProcessIsSmaller_GivesWhatBothHave()
    {
        var process = new WindowBudget(4 * MiB);
        var connection = new WindowBudget(64 * MiB, process);
        connection.AcquireForGrowth(16 * MiB).ShouldBe(MiB);
        connection.FreeBytes.ShouldBe(63 * MiB);
        process.FreeBytes.ShouldBe(3 * MiB);
        connection.TryTakeAtStart(2 * MiB).ShouldBeFalse();
        connection.FreeBytes.ShouldBe(63 * MiB);
        connection.Return(MiB);
        process.FreeBytes.ShouldBe(4 * MiB);
    }

    [Fact]
    public void Take_Empty_GivesNothing()
    {
        var budget = new WindowBudget(0);
        budget.TryTakeAtStart(1).ShouldBeFalse();
        budget.AcquireForGrowth(MiB).ShouldBe(0);
    }

    [Fact]
    public async Task TakeAndReturn_FromManyThreads_LoseNothing()
    {
        var process = new WindowBudget(8 * MiB);
        WindowBudget[] connections = [new(6 * MiB, process), new(6 * MiB, process)];
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(worker =>
                    Task.Run(() =>
                    {
                        var budget = connections[worker % 2];
                        for (var i = 0; i < 5_000; i++)
                        {
                            var taken = budget.AcquireForGrowth(MiB);
                            process.FreeBytes.ShouldBeGreaterThanOrEqualTo(0);
                            budget.Return(taken);
                        }
                    })
                )
        );
        process.FreeBytes.ShouldBe(8 * MiB);
        connections.ShouldAllBe(c => c.FreeBytes == 6 * MiB);
    }
}
