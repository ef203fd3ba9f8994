using Culvert.Testing;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Tests.Windows;

/// <summary>W1 as arithmetic: when a window grows, by how much, and when it does not.</summary>
public sealed class ReceiveWindowTests
{
    private const int KiB = 1024;
    private const int Initial = 64 * KiB;
    private static readonly TimeSpan Path = TimeSpan.FromMilliseconds(40);

    private readonly FakeTimeProvider time = new();
    private readonly FixedRoundTrip roundTrip = new(Path);
    private readonly WindowBudget budget = new(WindowBudget.ConnectionBytes);
    private bool isShared;

    [Fact]
    public void New_BudgetHasRoom_IsRaisedAtOnce()
    {
        var window = Window();
        window.AddedAtStart.ShouldBe(192 * KiB);
        window.Size.ShouldBe(256 * KiB);
        budget.FreeBytes.ShouldBe(WindowBudget.ConnectionBytes - (192 * KiB));
    }

    [Fact]
    public void New_BudgetEmpty_IsTheInitialWindow()
    {
        var window = new ReceiveWindow(Initial, new WindowBudget(0), roundTrip, () => isShared, time);
        window.AddedAtStart.ShouldBe(0);
        RunFull(window, 10);
        window.Size.ShouldBe(Initial);
    }

    [Fact]
    public void Consume_AWindowARoundTrip_GrowsToTheCeiling()
    {
        var window = Window();
        RunFull(window, 20);
        window.Size.ShouldBe(TunnelProtocol.MaxWindowBytes);
    }

    [Theory]
    [InlineData(500 * KiB)] // 13 MB/s at 40 ms
    [InlineData(1024 * KiB)]
    [InlineData(2300 * KiB)]
    public void Consume_BoundedByBandwidth_StopsAtASmallMultiple(int bytesPerRoundTrip)
    {
        var window = Window();
        for (var i = 0; i < 2_000; i++)
        {
            time.Advance(Path / 10);
            Take(window, Math.Min(bytesPerRoundTrip, window.Size) / 10);
        }

        window.Size.ShouldBeInRange(3 * bytesPerRoundTrip, 7 * bytesPerRoundTrip);
    }

    [Fact]
    public void Consume_SmallCalls_NeverGrow()
    {
        var window = Window();
        for (var i = 0; i < 2_000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            Take(window, 2 * KiB);
        }

        window.Size.ShouldBe(256 * KiB);
    }

    [Fact]
    public void Consume_RoundTripUnknown_DoesNotGrow()
    {
        roundTrip.Shortest = null;
        var window = Window();
        RunFull(window, 10);
        window.Size.ShouldBe(256 * KiB);
        roundTrip.Shortest = Path;
        RunFull(window, 4);
        window.Size.ShouldBeGreaterThan(256 * KiB);
    }

    [Theory]
    [InlineData(4_999, true)]
    [InlineData(5_000, false)]
    public void Consume_AfterARest_GrowsOnlyIfItWasShorterThanFiveSeconds(int restMs, bool grown)
    {
        roundTrip.Shortest = TimeSpan.FromSeconds(4.9); // so that the rest alone decides
        var window = Window();
        time.Advance(TimeSpan.FromMilliseconds(restMs));
        Take(window, window.Size);
        window.Size.ShouldBe(grown ? 512 * KiB : 256 * KiB);
    }

    [Fact]
    public void Consume_SlowlyAfterGrowth_GivesTheBudgetBack()
    {
        var window = Window();
        RunFull(window, 8);
        var grown = window.Size;
        grown.ShouldBeGreaterThan(4 * 1024 * KiB);
        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromSeconds(6));
            Take(window, grown / 4);
        }

        window.Size.ShouldBe(256 * KiB);
        budget.FreeBytes.ShouldBe(WindowBudget.ConnectionBytes - (192 * KiB));
    }

    [Theory]
    [InlineData(0.05, 1024)] // nothing is nearer than a millisecond
    [InlineData(4, 4 * 1024)]
    [InlineData(40, 16 * 1024)]
    public void Consume_BesideOthers_HoldsWhatThePathCarries(double roundTripMs, int ceilingKiB)
    {
        roundTrip.Shortest = TimeSpan.FromMilliseconds(roundTripMs);
        isShared = true;
        var window = Window();
        RunFull(window, 20);
        window.Size.ShouldBe(ceilingKiB * KiB);
    }

    // What was promised cannot be taken back: it is only not given again.
    [Fact]
    public void Consume_OthersComeAndGo_FallsWithWhatIsConsumedAndGrowsAgain()
    {
        roundTrip.Shortest = TimeSpan.FromMilliseconds(1);
        var window = Window();
        RunFull(window, 20);
        window.Size.ShouldBe(TunnelProtocol.MaxWindowBytes);

        isShared = true;
        Take(window, TunnelProtocol.MaxWindowBytes);
        window.Size.ShouldBe(1024 * KiB);
        budget.FreeBytes.ShouldBe(WindowBudget.ConnectionBytes - window.Size + Initial);

        isShared = false;
        RunFull(window, 20);
        window.Size.ShouldBe(TunnelProtocol.MaxWindowBytes);
    }

    [Fact]
    public void Close_TwiceAfterGrowth_ReturnsAllOnce()
    {
        var window = Window();
        RunFull(window, 8);
        window.Close();
        window.Close();
        budget.FreeBytes.ShouldBe(WindowBudget.ConnectionBytes);
        Take(window, 1000).ShouldBe(0); // and no credit follows
    }

    /// <summary>Whatever the order of events: credit + held + not yet granted = size, and the budget knows the excess.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyOrder_KeepsTheSum(int seed)
    {
        var random = new Random(seed);
        var window = Window();
        long credit = Initial + window.AddedAtStart;
        long held = 0;
        long consumed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(random.Next(3) == 0 ? random.Next(0, 6_000) : random.Next(0, 3)));
            isShared = random.Next(50) == 0 ? !isShared : isShared;
            if (random.Next(2) == 0 && credit > 0)
            {
                var bytes = (int)Math.Min(credit, random.Next(1, 64 * KiB));
                window.TryReceive(bytes).ShouldBeTrue();
                credit -= bytes;
                held += bytes;
            }
            else if (held > 0)
            {
                var bytes = (int)random.NextInt64(1, held + 1);
                held -= bytes;
                consumed += bytes;
                credit += window.Consume(bytes);
            }

            (credit + held).ShouldBeLessThanOrEqualTo(window.Size);
            window.Size.ShouldBeInRange(Initial, TunnelProtocol.MaxWindowBytes);
            budget.FreeBytes.ShouldBe(WindowBudget.ConnectionBytes - (window.Size - Initial));
            (credit > 0 || held > 0).ShouldBeTrue(); // never stuck
        }

        consumed.ShouldBeGreaterThan(0);
    }

    private ReceiveWindow Window() => new(Initial, budget, roundTrip, () => isShared, time);

    /// <summary>A sender that uses all its credit in every round trip, and a consumer that keeps up.</summary>
    private void RunFull(ReceiveWindow window, int roundTrips)
    {
        for (var i = 0; i < roundTrips; i++)
        {
            time.Advance(Max(roundTrip.Shortest ?? Path, TimeSpan.FromMilliseconds(1)));
            Take(window, window.Size);
        }

        static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
    }

    private static int Take(ReceiveWindow window, int bytes)
    {
        var granted = 0;
        while (bytes > 0)
        {
            var part = Math.Min(bytes, TunnelProtocol.MaxDataBytes);
            window.TryReceive(part);
            granted += window.Consume(part);
            bytes -= part;
        }

        return granted;
    }
}
