namespace Culvert.Benchmarks.Load;

/// <summary>
/// Rounds of a measurement. The runtime compiles hot code twice more while it runs, and how long it takes depends on the
/// machine: a round in which it did so is done again, as a part of the warm-up.
/// </summary>
internal static class QuietRounds
{
    // Of the processor time of a server in a round.
    private const double Quiet = 0.02;

    // Counted all the same then: what the compiler took is in the figure.
    private const int MostRepeated = 6;

    /// <param name="turns">How many rounds count.</param>
    /// <param name="pids">The servers.</param>
    /// <param name="runAsync">Runs the round of that number.</param>
    /// <returns>The results of those that count.</returns>
    public static async Task<IReadOnlyList<T>> RunAsync<T>(
        int turns,
        IReadOnlyList<int> pids,
        Func<int, Task<T>> runAsync
    )
    {
        var counted = new List<T>();
        for (var round = 0; counted.Count < turns; round++)
        {
            var before = pids.Select(pid => (ProcessorTime.OfCompiler(pid), ProcessorTime.Of(pid))).ToList();
            var result = await runAsync(round);
            var isQuiet = pids.Zip(before)
                .All(pair =>
                    ProcessorTime.OfCompiler(pair.First) - pair.Second.Item1
                    <= Quiet * (ProcessorTime.Of(pair.First) - pair.Second.Item2)
                );
            if (isQuiet || round - counted.Count >= MostRepeated)
            {
                counted.Add(result);
            }
        }

        return counted;
    }
}
