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
    // The service's own limit of a wait.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    // What is still in progress when all agents have an answer: the last commits, and garbage collection.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    // The server closes connections that are idle for 130 s, and on a busy machine ten thousand handshakes take longer.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(45);

    private const int HandshakesAtOnce = 32;
    private const int Wave = 250;

    // The first change brings all agents a new audit checkpoint and is not counted; the median of the others is.
    private const int ForeignChanges = 4;

    // A tunnel has two slots for authorities.
    private const int Epochs = 2;

    // CULVERT_BENCH_AGENTS makes a quick look possible; the figures' names say how many there were.
    private readonly int agents = int.Parse(
        Environment.GetEnvironmentVariable("CULVERT_BENCH_AGENTS") ?? "10000",
        CultureInfo.InvariantCulture
    );

    private volatile EpochWatch? watch;

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

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var connections = new FeedAgent[agents];
        var warm = Math.Max(1, agents / 20);
        await ConnectAsync(service, fleet, connections, 0, warm, cancellationToken);
        await Task.Delay(Settle, time, cancellationToken);
        var bare = service.Memory();
        await TellAsync("connecting");
        await ConnectAsync(service, fleet, connections, warm, agents, cancellationToken);
        await Task.Delay(Settle, time, cancellationToken);
        var connected = service.Memory();
        var polls = connections.Select((agent, i) => FollowAsync(agent, i, stop.Token)).ToList();
        await Task.Delay(Settle, time, cancellationToken);
        var waiting = service.Memory();
        await TellAsync("waiting");

        var foreign = await MeasureForeignAsync(service, fleet, cancellationToken);
        var rounds = new List<TimeSpan[]>();
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            rounds.Add(await MeasureEpochAsync(fleet, epoch, polls, cancellationToken));
            await Task.Delay(Settle, time, cancellationToken);
        }

        await stop.CancelAsync();
        await Task.WhenAll(polls);
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }

        // The first also has what a fresh service compiles and reads before the commit: the second is the feed's own.
        var slowest = rounds[^1];
        return
        [
            Of("feed.agents", (waiting - connected) / 1000.0 / agents, "kB"),
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

    private async Task ConnectAsync(
        ExchangeInstallation service,
        AgentFleet fleet,
        FeedAgent[] connections,
        int from,
        int to,
        CancellationToken cancellationToken
    )
    {
        var target = LoadTarget.Of("localhost", service.Ports.Machine, service.RootFile);
        var touched = time.GetTimestamp();
        for (var wave = from; wave < to; wave += Wave)
        {
            await ForEachAsync(
                wave,
                Math.Min(to, wave + Wave),
                async (i, cancel) =>
                {
                    connections[i] = await FeedAgent.ConnectAsync(target, fleet.Certificates[i], cancel);
                    await connections[i].PollAsync(TimeSpan.Zero, cancel);
                },
                cancellationToken
            );
            if (time.GetElapsedTime(touched) > Idle)
            {
                touched = time.GetTimestamp();
                await ForEachAsync(
                    0,
                    Math.Min(to, wave + Wave),
                    async (i, cancel) => await connections[i].PollAsync(TimeSpan.Zero, cancel),
                    cancellationToken
                );
            }
        }
    }

    private static Task ForEachAsync(
        int from,
        int to,
        Func<int, CancellationToken, ValueTask> act,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForAsync(
            from,
            to,
            new ParallelOptions { MaxDegreeOfParallelism = HandshakesAtOnce, CancellationToken = cancellationToken },
            act
        );

    private async Task FollowAsync(FeedAgent agent, int index, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var answer = await agent.PollAsync(Wait, cancellationToken);
                if (answer.Epoch is { } epoch)
                {
                    watch?.See(index, epoch);
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }

    private async Task<TimeSpan[]> MeasureEpochAsync(
        AgentFleet fleet,
        long epoch,
        IReadOnlyList<Task> polls,
        CancellationToken cancellationToken
    )
    {
        var current = new EpochWatch(agents, time) { Epoch = epoch };
        watch = current;
        await fleet.RaiseEpochsAsync(time.GetUtcNow(), cancellationToken);
        // A poll that ends early has failed: awaiting it throws its exception.
        var ended = await Task.WhenAny([current.Done, .. polls]).WaitAsync(cancellationToken);
        await ended;
        var times = current.Times();
        await TellAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {epoch} at the last agent: {times[^1].TotalSeconds:0.00} s"
            )
        );
        return times;
    }

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
