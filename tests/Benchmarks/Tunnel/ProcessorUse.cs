using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>The processor time that each process takes for a piece of work, over several rounds.</summary>
internal sealed class ProcessorUse(params (string Name, int Pid)[] processes)
{
    private readonly TimeSpan[] before = new TimeSpan[processes.Length];
    private readonly List<double>[] perPiece = [.. processes.Select(_ => new List<double>())];

    public void Begin()
    {
        for (var i = 0; i < processes.Length; i++)
        {
            before[i] = ProcessorTime.Of(processes[i].Pid);
        }
    }

    /// <param name="pieces">What was done since <see cref="Begin"/>: thousands of calls, or GiB.</param>
    /// <returns>Notes it, if the round counts.</returns>
    public Action End(double pieces)
    {
        var spent = processes
            .Select((process, i) => (ProcessorTime.Of(process.Pid) - before[i]).TotalMilliseconds / pieces)
            .ToList();
        return () =>
        {
            for (var i = 0; i < processes.Length; i++)
            {
                perPiece[i].Add(spent[i]);
            }
        };
    }

    /// <summary>Milliseconds for each piece, a figure for each process.</summary>
    public IEnumerable<Figure> Figures(string name) =>
        processes.Select((process, i) => Figure.OfValue($"{process.Name}.{name}", "ms", perPiece[i]));
}
