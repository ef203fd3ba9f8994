namespace Culvert.Stage.Commands;

/// <summary><c>logs NAME</c>: the whole log of one part of what <c>up</c> started, else of the last failed plain run.</summary>
internal sealed class LogsCommand(StageContext context)
{
    public async Task<int> RunAsync(string name, CancellationToken cancellationToken)
    {
        var run = context.Up.Exists ? context.Up : context.Once;
        var known = Directory.Exists(run.Logs)
            ? Directory.EnumerateFiles(run.Logs, "*.log").Select(Path.GetFileNameWithoutExtension).Order().ToList()
            : [];
        if (!known.Contains(name))
        {
            context.Steps.Line(
                known.Count == 0 ? "there are no logs" : $"there are logs of {string.Join(", ", known)}"
            );
            return ExitCode.Usage;
        }

        await using var log = new FileStream(run.LogFile(name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        await using var output = Console.OpenStandardOutput();
        await log.CopyToAsync(output, cancellationToken);
        return ExitCode.Done;
    }
}
