using System.Globalization;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;

namespace Culvert.Benchmarks.Feed;

/// <summary>
/// Ten thousand agents that wait for their feed on one node, each over a TLS connection of its own: what the waiting
/// takes of the service's memory, how soon a new epoch of every bundle has reached the last of them, what a change costs
/// that concerns none of them, and how evenly they renew.
/// </summary>
internal sealed class FeedBench(Checkout checkout, string folder, TimeProvider time)
{
    // What is still in progress when all agents have an answer: the last commits, and garbage collection.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    // The first change brings all agents a new audit checkpoint and is not counted; the median of the others is.
    private const int ForeignChanges = 4;

    // A tunnel has two slots for authorities.
    private const int Epochs = 2;

    // CULVERT_BENCH_AGENTS makes a quick look possible; the figures' names say how many there were.
    private readonly int agents = int.Parse(
        Environment.GetEnvironmentVariable("CULVERT_BENCH_AGENTS") ?? "10000",
        CultureInfo.InvariantCulture
    );

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        await using var service = await ExchangeInstallation.CreateAsync(
            checkout,
            folder,
            mill,
            time,
            cancellationToken,
            instancesPerTunnel: (agents / AgentFleet.Tunnels) + 1
        );
        await TellAsync($"enrolling {agents} agents");
        using var fleet = await AgentFleet.EnrolAsync(service, mill, agents, time.GetUtcNow(), cancellationToken);
        // A new start, so that the memory that enrolment used is not counted as the feed's.
        await service.StopAsync(cancellationToken);
        await service.StartAsync(cancellationToken);

        await using var waiting = new WaitingFleet(service, fleet, time);
        var warm = Math.Max(1, agents / 20);
        await waiting.ConnectAsync(0, warm, cancellationToken);
        await Task.Delay(Settle, time, cancellationToken);
        var bare = service.Memory();
        await TellAsync("connecting");
        await waiting.ConnectAsync(warm, agents, cancellationToken);
        await Task.Delay(Settle, time, cancellationToken);
        var connected = service.Memory();
        waiting.Follow();
        await Task.Delay(Settle, time, cancellationToken);
        var full = service.Memory();
        await TellAsync("waiting");

        var foreign = await MeasureForeignAsync(service, fleet, cancellationToken);
        var rounds = new List<TimeSpan[]>();
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            var wanted = epoch;
            rounds.Add(
                await waiting.MeasureAsync(
                    string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}"),
                    answer => answer.Epoch >= wanted,
                    () => fleet.RaiseEpochsAsync(time.GetUtcNow(), cancellationToken),
                    cancellationToken
                )
            );
            await Task.Delay(Settle, time, cancellationToken);
        }

        // The first also has what a fresh service compiles and reads before the commit: the second is the feed's own.
        var slowest = rounds[^1];
        return
        [
            Of("feed.agents", (full - connected) / 1000.0 / agents, "kB"),
            Of("feed.connection", (connected - bare) / 1000.0 / (agents - warm), "kB"),
            Of("feed.epoch", slowest[^1].TotalSeconds, "s") with
            {
                P50Ms = Math.Round(slowest[slowest.Length / 2].TotalMilliseconds),
                P99Ms = Math.Round(slowest[(int)(slowest.Length * 0.99)].TotalMilliseconds),
            },
            Of("feed.foreign", foreign.TotalMilliseconds, "ms"),
            Of("feed.spread", RenewalSpread.Peak(agents, time.GetUtcNow()), "x"),
        ];
    }

    private Figure Of(string name, double value, string unit) =>
        new()
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{name}.{agents}"),
            Value = Math.Round(value, 2),
            Unit = unit,
        };

    // Processor time beyond what the same time takes without the change, which is polls that run out.
    private async Task<TimeSpan> MeasureForeignAsync(
        ExchangeInstallation service,
        AgentFleet fleet,
        CancellationToken cancellationToken
    )
    {
        var costs = new List<TimeSpan>();
        for (var change = 0; change < ForeignChanges; change++)
        {
            var begin = ProcessorTime.Of(service.Pid);
            await Task.Delay(Settle, time, cancellationToken);
            var between = ProcessorTime.Of(service.Pid);
            await fleet.CreateTunnelAsync(cancellationToken);
            await Task.Delay(Settle, time, cancellationToken);
            costs.Add(ProcessorTime.Of(service.Pid) - between - (between - begin));
        }

        return costs.Skip(1).Order().ElementAt((ForeignChanges - 1) / 2);
    }

    private static Task TellAsync(string what) => Console.Error.WriteLineAsync(what);
}
