using System.Globalization;
using Culvert.Benchmarks.Figures;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;

namespace Culvert.Benchmarks.Providers;

/// <summary>
/// <c>providers.soak.*</c>: half an hour of real time (<c>CULVERT_SOAK_SECONDS</c> sets another length) in which two agents hand
/// one tunnel of a control plane to each other under load, in both orders: the next one starts before the last one stops, or
/// after it. Both processes run from the beginning to the end, so that what a tunnel leaves behind adds up.
/// </summary>
internal sealed class SoakRow(ProvidersStage stage, TimeProvider time)
{
    private const int Callers = 16;
    private const int Samples = 50;
    private const double KiBPerMiB = 1024;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>An agent that polls does so again within milliseconds.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    /// <summary>A call that has no answer by then is lost; a hand-over takes a few seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TimeSpan length = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("CULVERT_SOAK_SECONDS") ?? "1800", CultureInfo.InvariantCulture)
    );

    private readonly string template = LoadedControlPlane.CreateTemplate(ProviderRequests.Message);
    private int answered;
    private int failed;
    private int lost;

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var first = stage.Installation.Agent;
        var second = await stage.StartSecondAsync("", time, cancellationToken);
        try
        {
            return await RunAsync(
                [
                    await SoakedAgent.ReadAsync(first, cancellationToken),
                    await SoakedAgent.ReadAsync(second, cancellationToken),
                ],
                cancellationToken
            );
        }
        finally
        {
            await second.Process.StopAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<Figure>> RunAsync(SoakedAgent[] agents, CancellationToken cancellationToken)
    {
        UseSeries[] series = [.. agents.Select((agent, i) => new UseSeries($"agent{i + 1}", agent.Agent.Process))];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await agents[0].ServeAsync(stage.LongPollSection, cancellationToken);
        await UntilAsync(() => stage.Plane.Polling.Count == 1, cancellationToken);
        var calls = Enumerable.Range(0, Callers).Select(_ => CallAsync(over.Token)).ToList();
        var sampling = SampleAsync(series, over.Token);
        var handovers = 0;
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < length; handovers++)
        {
            // In each direction both orders come: 0 → 1 and 1 → 0 overlapping, then both with a gap.
            await HandOverAsync(
                agents[handovers % 2],
                agents[(handovers + 1) % 2],
                handovers % 4 < 2,
                cancellationToken
            );
        }

        await over.CancelAsync();
        await Task.WhenAll([.. calls, sampling]);
        await UntilAsync(() => stage.Plane.Pending == lost, cancellationToken);
        var underWay = 0.0;
        foreach (var agent in agents)
        {
            underWay += await agent.CountUnderWayAsync(cancellationToken);
        }

        return [.. Count(handovers, underWay), .. series.SelectMany(Growth)];
    }

    private async Task HandOverAsync(
        SoakedAgent from,
        SoakedAgent to,
        bool overlaps,
        CancellationToken cancellationToken
    )
    {
        if (overlaps)
        {
            await to.ServeAsync(stage.LongPollSection, cancellationToken);
            await UntilAsync(() => stage.Plane.Polling.Count == 2, cancellationToken);
        }

        await from.ServeAsync("", cancellationToken);
        await UntilQuietAsync(overlaps ? 1 : 0, cancellationToken);
        if (!overlaps)
        {
            await to.ServeAsync(stage.LongPollSection, cancellationToken);
            await UntilAsync(() => stage.Plane.Polling.Count == 1, cancellationToken);
        }
    }

    private async Task UntilQuietAsync(int pollers, CancellationToken cancellationToken)
    {
        for (var since = time.GetTimestamp(); time.GetElapsedTime(since) < Silence; )
        {
            if (stage.Plane.Polling.Count > pollers)
            {
                since = time.GetTimestamp();
            }

            await Task.Delay(Step, time, cancellationToken);
        }
    }

    private async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        for (var since = time.GetTimestamp(); !condition(); await Task.Delay(Step, time, cancellationToken))
        {
            if (time.GetElapsedTime(since) > Patience)
            {
                throw new InvalidOperationException("An agent did not start or stop to poll within a minute.");
            }
        }
    }

    // No call is begun after the end; those under way get their answers.
    private async Task CallAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                var answer = await stage
                    .Plane.CallAsync(template, CancellationToken.None)
                    .WaitAsync(Patience, time, CancellationToken.None);
                Interlocked.Increment(ref answer.Status == 200 ? ref answered : ref failed);
            }
            catch (TimeoutException)
            {
                Interlocked.Increment(ref lost);
            }

            await Task.Delay(Pace, time, CancellationToken.None);
        }
    }

    private async Task SampleAsync(UseSeries[] series, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            Array.ForEach(series, one => one.Sample());
            await Task.Delay(length / Samples, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private IEnumerable<Figure> Count(int handovers, double underWay) =>
        [
            Figure.OfValue("providers.soak.calls", "1", [answered]),
            Figure.OfValue("providers.soak.handovers", "1", [handovers]),
            Figure.OfValue("providers.soak.lost", "1", [lost]),
            Figure.OfValue("providers.soak.failed", "1", [failed]),
            Figure.OfValue("providers.soak.repeated", "1", [stage.Plane.Repeated]),
            Figure.OfValue("providers.soak.under_way", "1", [underWay]),
        ];

    private static IEnumerable<Figure> Growth(UseSeries series)
    {
        foreach (var grown in series.FindGrowth())
        {
            Console.Error.WriteLine(grown);
        }

        return
        [
            Figure.OfValue(
                $"providers.soak.memory.{series.Name}",
                "MiB",
                [series.GetGrowth(use => use.ResidentKiB) / KiBPerMiB]
            ),
            Figure.OfValue(
                $"providers.soak.descriptors.{series.Name}",
                "1",
                [series.GetGrowth(use => use.Descriptors)]
            ),
            Figure.OfValue($"providers.soak.threads.{series.Name}", "1", [series.GetGrowth(use => use.Threads)]),
        ];
    }
}
