using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Tunnel;

namespace Culvert.Benchmarks.Providers;

/// <summary>
/// <c>providers.longpoll.calls.c64</c> and <c>…agent_cpu_per_1k.c64</c>: calls through a control plane, compared with the same
/// calls through the own edge; <c>…added.c16</c> and <c>…added.busy.c16</c>: what the agent adds to a call, compared
/// with what a <see cref="Servers.BarePoller"/> adds to it.
/// </summary>
internal sealed class LongPollRows(ProvidersStage stage, TimeProvider time)
{
    private const int Callers = 64;
    private const int FewCallers = 16;

    /// <summary>The shipped programs have no compiler; caches, pools and connections are made all the same.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    /// <summary>20 calls a second of each caller: the processor is idle most of the time.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var figure in await MeasureCallsAsync(cancellationToken))
        {
            yield return figure;
        }

        yield return await MeasureAddedAsync("added", Pace, cancellationToken);
        yield return await MeasureAddedAsync("added.busy", TimeSpan.Zero, cancellationToken);
    }

    private async Task<IReadOnlyList<Figure>> MeasureCallsAsync(CancellationToken cancellationToken)
    {
        var load = new LongPollLoad(stage.Plane, Callers, time);
        var call = (ReadOnlyMemory<byte>?)ProviderRequests.Call(stage.Through.Host);
        await using var through = await ClosedLoop.OpenAsync(stage.Through, Callers, time, cancellationToken);
        await load.RunAsync(TimeSpan.Zero, WarmUp, cancellationToken);
        await through.RunAsync(() => call, WarmUp, cancellationToken);
        List<LoadResult> measured = [],
            compared = [];
        List<TimeSpan> processor = [],
            comparedProcessor = [];
        for (var round = 0; round < LoadPlan.Rounds; round++)
        {
            var before = ProcessorTime.Of(stage.AgentPid);
            measured.Add((await load.RunAsync(TimeSpan.Zero, plan.Round, cancellationToken)).Calls);
            var between = ProcessorTime.Of(stage.AgentPid);
            compared.Add(await through.RunAsync(() => call, plan.Round, cancellationToken));
            processor.Add((between - before) * 1000 / measured[^1].Requests);
            comparedProcessor.Add((ProcessorTime.Of(stage.AgentPid) - between) * 1000 / compared[^1].Requests);
        }

        return
        [
            Figure.Of($"providers.longpoll.calls.c{Callers}", measured, compared),
            Figure.OfProcessor($"providers.longpoll.agent_cpu_per_1k.c{Callers}", processor, comparedProcessor),
        ];
    }

    private async Task<Figure> MeasureAddedAsync(string name, TimeSpan pace, CancellationToken cancellationToken)
    {
        var load = new LongPollLoad(stage.Plane, FewCallers, time);
        var bare = new LongPollLoad(stage.BarePlane, FewCallers, time);
        await load.RunAsync(pace, WarmUp, cancellationToken);
        await bare.RunAsync(pace, WarmUp, cancellationToken);
        List<LoadResult> rounds = [],
            compared = [];
        for (var round = 0; round < LoadPlan.Rounds; round++)
        {
            rounds.Add((await load.RunAsync(pace, plan.Round, cancellationToken)).Added);
            compared.Add((await bare.RunAsync(pace, plan.Round, cancellationToken)).Added);
        }

        return Figure.OfSlowest($"providers.longpoll.{name}.c{FewCallers}", rounds, compared);
    }
}
