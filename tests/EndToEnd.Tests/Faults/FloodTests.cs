using System.Collections.Concurrent;
using System.Globalization;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>One client does the worst it can; the others' slowest calls may take twice as long as without it, no more.</summary>
[Collection(FloodSystemCollection.Name)]
[Trait("Machine", "alone")]
public sealed class FloodTests(FloodSystem system) : CountingSystemTest(system)
{
    private const int Others = 4;

    private const int Rounds = 8;

    /// <summary>Below this, a ratio says more about the machine's scheduler than about us.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    [Theory]
    [Trait(Soak.Name, "flood")]
    [InlineData("connect")]
    [InlineData("handshake")]
    [InlineData("headers")]
    [InlineData("calls")]
    [InlineData("never")]
    public async Task Flood_FromOneClient_LeavesTheOthersTheirPace(string kind)
    {
        var window = Soak.Duration("flood", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        await UntilWholeAsync();
        await MeasureAsync(window / 2); // warm
        // Whatever else this machine does can only add: what the flood itself costs is there in every round.
        for (var round = 1; !await IsPaceKeptAsync(kind, window); round++)
        {
            round.ShouldBeLessThan(Rounds);
        }
    }

    private async Task<bool> IsPaceKeptAsync(string kind, TimeSpan window)
    {
        var (before, between) = (await MeasureAsync(window), new List<TimeSpan>());
        double rate;
        await using (var flood = await Flood.StartAsync(System, kind, Cancel))
        {
            await UntilAsync(() => Task.FromResult(flood.Done > 0), "the flood has begun");
            var (done, begun) = (flood.Done, TimeProvider.System.GetTimestamp());
            between.AddRange(await MeasureAsync(window * 2));
            rate = (flood.Done - done) / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        }

        await UntilQuietAsync();
        var without = before.Concat(await MeasureAsync(window)).ToList(); // as much before as after: others use the machine, too
        var (alone, beside) = (Percentile(without, 0.99), Percentile(between, 0.99));
        Figure(
            string.Create(
                CultureInfo.InvariantCulture,
                $"flood of {kind}, {rate:0}/s from one client: others' p99 {alone.TotalMilliseconds:0.0} → {beside.TotalMilliseconds:0.0} ms ({beside / alone:0.0} ×), p50 {Percentile(without, 0.5).TotalMilliseconds:0.0} → {Percentile(between, 0.5).TotalMilliseconds:0.0} ms, none failed"
            )
        );
        return beside <= 2 * (alone > Noise ? alone : Noise);
    }

    /// <summary>How long calls took of clients that keep their connection. One that fails fails the test.</summary>
    private async Task<IReadOnlyList<TimeSpan>> MeasureAsync(TimeSpan window)
    {
        var taken = new ConcurrentQueue<TimeSpan>();
        var end = TimeProvider.System.GetUtcNow() + window;
        await Task.WhenAll(Enumerable.Range(0, Others).Select(_ => Task.Run(OneAsync)));
        return [.. taken];

        async Task OneAsync()
        {
            await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
            await connection.CallAsync("quick:other", Cancel);
            while (TimeProvider.System.GetUtcNow() < end)
            {
                var begun = TimeProvider.System.GetTimestamp();
                (await connection.CallAsync("quick:other", Cancel)).ShouldContain("Echo: quick:other");
                taken.Enqueue(TimeProvider.System.GetElapsedTime(begun));
                await Task.Delay(Pause, TimeProvider.System, Cancel);
            }
        }
    }
}
