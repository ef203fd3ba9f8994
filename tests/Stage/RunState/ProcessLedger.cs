using System.Globalization;
using Culvert.Stage.Processes;

namespace Culvert.Stage.RunState;

/// <summary>
/// Which processes a run started: <c>name pid start</c> per line, rewritten whole at each change, so that a later
/// <c>status</c>, <c>down</c> or a run after a crash finds exactly those and no others.
/// </summary>
internal sealed class ProcessLedger(string file)
{
    public IReadOnlyList<ProcessStamp> Read() =>
        File.Exists(file) ? [.. File.ReadLines(file).Select(Parse).OfType<ProcessStamp>()] : [];

    public void Write(IEnumerable<ProcessStamp> processes)
    {
        var next = file + ".new";
        File.WriteAllLines(
            next,
            processes.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} {p.Pid} {p.StartTicks}"))
        );
        File.Move(next, file, overwrite: true);
    }

    private static ProcessStamp? Parse(string line) =>
        line.Split(' ') is [var name, var pid, var start]
        && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new ProcessStamp(name, id, ticks)
            : null;
}
