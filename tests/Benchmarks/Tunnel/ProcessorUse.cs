using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>The processor time that each process takes for a piece of work, over several rounds.</summary>
internal sealed class ProcessorUse(params (string Name, int Pid)[] processes)
{
    private readonly TimeSpan[] before = new TimeSpan[processes.Length];

    public void Begin()
    {
        for (var i = 0; i < processes.Length; i++)
        {
            before[i] = ProcessorTime.Of(processes[i].Pid);
        }
    }

    /// <param name="pieces">What was done since <see cref="Begin"/>: thousands of calls, or GiB.</param>
    /// <returns>Milliseconds of each process for each piece.</returns>
    public IReadOnlyList<double> End(double pieces) =>
        [.. processes.Select((process, i) => (ProcessorTime.Of(process.Pid) - before[i]).TotalMilliseconds / pieces)];

    /// <summary>A figure for each process.</summary>
    /// <param name="name">Of the figure, behind the process's.</param>
    /// <param name="rounds">What <see cref="End"/> found.</param>
    public IEnumerable<Figure> Figures(string name, IEnumerable<IReadOnlyList<double>> rounds) =>
        processes.Select(
            (process, i) => Figure.OfValue($"{process.Name}.{name}", "ms", [.. rounds.Select(round => round[i])])
        );
}
