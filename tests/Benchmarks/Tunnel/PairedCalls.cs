using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>Small calls to two routes of one agent in turn, so that whatever else the machine does meets both.</summary>
/// <param name="stage">The agent's.</param>
/// <param name="measured">One route.</param>
/// <param name="compared">The other, which is the floor.</param>
/// <param name="time">The clock of the rounds.</param>
/// <param name="tool">The tool that is called.</param>
internal sealed class PairedCalls(
    TunnelStage stage,
    LoadTarget measured,
    LoadTarget compared,
    TimeProvider time,
    string tool = "echo"
)
{
    // Short and many: a difference of a few percent drowns in what long rounds meet.
    private const int Rounds = 15;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    /// <summary>With less, one measures the compiler: what only one of the two runs is compiled for it alone.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    /// <param name="calls">The name of the figure that counts the calls.</param>
    /// <param name="processor">The name of the one of the agent's processor time for a thousand of them.</param>
    /// <param name="concurrency">How many calls at a time.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public async Task<IReadOnlyList<Figure>> RunAsync(
        string calls,
        string processor,
        int concurrency,
        CancellationToken cancellationToken
    )
    {
        var (call, other) = (Call(measured), Call(compared));
        await using var with = await ClosedLoop.OpenAsync(measured, concurrency, time, cancellationToken);
        await using var without = await ClosedLoop.OpenAsync(compared, concurrency, time, cancellationToken);
        await with.RunAsync(() => call, WarmUp, cancellationToken);
        await without.RunAsync(() => other, WarmUp, cancellationToken);
        List<LoadResult> results = [];
        List<LoadResult> floor = [];
        List<double> spent = [];
        List<double> floorSpent = [];
        for (var round = 0; round < Rounds; round++)
        {
            results.Add(await MeasureAsync(with, call, spent));
            floor.Add(await MeasureAsync(without, other, floorSpent));
        }

        return
        [
            Figure.Of($"{calls}.c{concurrency}", results, floor),
            Figure.OfValue($"{processor}.c{concurrency}", "ms", spent, floorSpent),
        ];

        async Task<LoadResult> MeasureAsync(ClosedLoop loop, ReadOnlyMemory<byte>? request, List<double> spent)
        {
            var before = ProcessorTime.Of(stage.AgentPid);
            var result = await loop.RunAsync(() => request, Round, cancellationToken);
            spent.Add((ProcessorTime.Of(stage.AgentPid) - before).TotalMilliseconds * 1000 / result.Requests);
            return result;
        }
    }

    private ReadOnlyMemory<byte>? Call(LoadTarget target) => TunnelRequests.Call(target.Host, tool);
}
