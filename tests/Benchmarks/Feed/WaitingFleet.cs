using System.Globalization;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Feed;

/// <summary>The agents of a fleet, each waiting for its feed over a connection of its own.</summary>
internal sealed class WaitingFleet(ExchangeInstallation service, AgentFleet fleet, TimeProvider time) : IAsyncDisposable
{
    // The service's own limit of a wait.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    // The server closes connections that are idle for 130 s, and on a busy machine ten thousand handshakes take longer.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(45);

    private const int HandshakesAtOnce = 32;
    private const int Wave = 250;

    private readonly CancellationTokenSource stop = new();
    private readonly FeedAgent[] agents = new FeedAgent[fleet.Certificates.Count];
    private IReadOnlyList<Task> polls = [];
    private volatile FeedWatch? watch;

    /// <summary>Connects the agents with these numbers; those before them were connected before.</summary>
    public async Task ConnectAsync(int from, int to, CancellationToken cancellationToken)
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
                    agents[i] = await FeedAgent.ConnectAsync(target, fleet.Certificates[i], cancel);
                    await agents[i].PollAsync(TimeSpan.Zero, cancel);
                },
                cancellationToken
            );
            if (time.GetElapsedTime(touched) > Idle)
            {
                touched = time.GetTimestamp();
                await ForEachAsync(
                    0,
                    Math.Min(to, wave + Wave),
                    async (i, cancel) => await agents[i].PollAsync(TimeSpan.Zero, cancel),
                    cancellationToken
                );
            }
        }
    }

    /// <summary>From now on each agent waits for what is new.</summary>
    public void Follow() => polls = [.. agents.Select(FollowAsync)];

    /// <summary>How long a change takes to each agent, sorted.</summary>
    /// <param name="what">Its name, for the progress.</param>
    /// <param name="shows">Whether an answer has it.</param>
    /// <param name="changeAsync">Makes it.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public async Task<TimeSpan[]> MeasureAsync(
        string what,
        Func<FeedAnswer, bool> shows,
        Func<Task> changeAsync,
        CancellationToken cancellationToken
    )
    {
        var current = new FeedWatch(agents.Length, shows, time);
        watch = current;
        await changeAsync();
        // A poll that ends early has failed: awaiting it throws its exception.
        var ended = await Task.WhenAny([current.Done, .. polls]).WaitAsync(cancellationToken);
        await ended;
        var times = current.Times();
        await Console.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{what} at the last agent: {times[^1].TotalSeconds:0.00} s")
        );
        return times;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(polls);
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }

        stop.Dispose();
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

    private async Task FollowAsync(FeedAgent agent, int index)
    {
        try
        {
            while (true)
            {
                var answer = await agent.PollAsync(Wait, stop.Token);
                watch?.See(index, answer);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }
}
