using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>Two ways of one call, measured by turns, so that whatever else the machine does meets both.</summary>
internal static class AlternatingRounds
{
    /// <param name="name">Of the figure.</param>
    /// <param name="measured">What it is about, with its request.</param>
    /// <param name="floor">What it is compared with.</param>
    /// <param name="round">How long each turn is.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public static async Task<Figure> RunAsync(
        string name,
        (ClosedLoop Loop, ReadOnlyMemory<byte>? Call) measured,
        (ClosedLoop Loop, ReadOnlyMemory<byte>? Call) floor,
        TimeSpan round,
        CancellationToken cancellationToken
    )
    {
        List<LoadResult> results = [],
            floors = [];
        for (var i = 0; i < LoadPlan.Rounds; i++)
        {
            results.Add(await measured.Loop.RunAsync(() => measured.Call, round, cancellationToken));
            floors.Add(await floor.Loop.RunAsync(() => floor.Call, round, cancellationToken));
        }

        return Figure.Of(name, results, floors);
    }
}
