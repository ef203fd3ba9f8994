using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>Two ways of one thing, measured by turns, so that whatever else the machine does meets both.</summary>
internal static class AlternatingRounds
{
    /// <param name="name">Of the figure.</param>
    /// <param name="measured">What it is about, with its request.</param>
    /// <param name="floor">What it is compared with.</param>
    /// <param name="round">How long each turn is.</param>
    /// <param name="pids">The programs under way (<see cref="QuietRounds"/>).</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public static async Task<Figure> RunAsync(
        string name,
        (ClosedLoop Loop, ReadOnlyMemory<byte>? Call) measured,
        (ClosedLoop Loop, ReadOnlyMemory<byte>? Call) floor,
        TimeSpan round,
        IReadOnlyList<int> pids,
        CancellationToken cancellationToken
    )
    {
        var (results, floors) = await RunAsync(
            pids,
            () => measured.Loop.RunAsync(() => measured.Call, round, cancellationToken),
            () => floor.Loop.RunAsync(() => floor.Call, round, cancellationToken)
        );
        return Figure.Of(name, results, floors);
    }

    /// <summary>The same of anything: a turn of each in every round that counts.</summary>
    public static async Task<(IReadOnlyList<T> Measured, IReadOnlyList<T> Floor)> RunAsync<T>(
        IReadOnlyList<int> pids,
        Func<Task<T>> measureAsync,
        Func<Task<T>> compareAsync,
        int turns = LoadPlan.Rounds
    )
    {
        var rounds = await QuietRounds.RunAsync(
            turns,
            pids,
            async _ => (Measured: await measureAsync(), Floor: await compareAsync())
        );
        return ([.. rounds.Select(round => round.Measured)], [.. rounds.Select(round => round.Floor)]);
    }
}
