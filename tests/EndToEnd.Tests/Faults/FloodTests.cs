using System.Collections.Concurrent;
using System.Globalization;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>
/// One client does the worst it can: the others' calls are all answered, and what it took is given back. How much slower
/// the others are meanwhile is printed and not judged: that ratio differs more between two runs than it may differ at all.
/// </summary>
[Collection(FloodSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class FloodTests(FloodSystem system) : CountingSystemTest(system)
{
    private const int Others = 4;

    private const string Refused = "culvert_edge_clients_refused_total";

    /// <summary>
    /// Health probes and long polls come and go, and the agent keeps idle connections to the MCP server for the next calls:
    /// no more than the 64 clients of a flood have used.
    /// </summary>
    private const int SpareDescriptors = 64 + 24;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <param name="kind">What the client does, as <c>tests/Peers/faults/flood.mjs</c> names it.</param>
    /// <param name="isRefused">Whether its connections are more than the edge takes from one address.</param>
    [Theory]
    [Trait(Soak.Name, "flood")]
    [InlineData("connect", true)]
    [InlineData("handshake", true)]
    [InlineData("headers", false)]
    [InlineData("calls", false)]
    [InlineData("never", false)]
    public async Task Flood_FromOneClient_LeavesTheOthersServed(string kind, bool isRefused)
    {
        var window = Soak.Duration("flood", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        await UntilWholeAsync();
        await MeasureAsync(window / 2); // warm
        ProgramProcess[] programs = [Installation.Edge.Process, Installation.Agent.Process];
        var uses = programs.ToDictionary(program => program.Name, ProgramUse.Of);
        var refused = await EdgeAsync(Refused);
        var alone = await MeasureAsync(window);
        IReadOnlyList<TimeSpan> beside;
        double rate;
        await using (var flood = await Flood.StartAsync(System, kind, Cancel))
        {
            await UntilAsync(() => Task.FromResult(flood.Done > 0), "the flood has begun");
            var (done, begun) = (flood.Done, TimeProvider.System.GetTimestamp());
            beside = await MeasureAsync(window * 2);
            rate = (flood.Done - done) / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            if (isRefused)
            {
                await UntilAsync(async () => await EdgeAsync(Refused) > refused, "the edge refuses the flood");
            }
        }

        await UntilQuietAsync();
        Figure(
            string.Create(
                CultureInfo.InvariantCulture,
                $"flood of {kind}, {rate:0}/s from one client: others' p99 {Describe(alone, beside, 0.99)}, p50 {Describe(alone, beside, 0.5)}, none failed"
            )
        );
        foreach (var program in programs)
        {
            var before = uses[program.Name];
            await UntilAsync(
                () => Task.FromResult(ProgramUse.Of(program).Descriptors <= before.Descriptors + SpareDescriptors),
                $"{program.Name} gives its descriptors back"
            );
            Figure(
                $"flood of {kind}: {program.Name} {before.ResidentKiB:0} → {ProgramUse.Of(program).ResidentKiB:0} KiB resident"
            );
        }
    }

    private static string Describe(IReadOnlyList<TimeSpan> alone, IReadOnlyList<TimeSpan> beside, double share)
    {
        var (before, meanwhile) = (Percentile(alone, share), Percentile(beside, share));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{before.TotalMilliseconds:0.0} → {meanwhile.TotalMilliseconds:0.0} ms ({meanwhile / before:0.0} ×)"
        );
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
