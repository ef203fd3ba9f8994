using Culvert.Stage.RunState;

namespace Culvert.Stage.Commands;

/// <summary><c>down</c>: stops what <c>up</c> started; saying it twice changes nothing.</summary>
internal sealed class DownCommand(StageContext context)
{
    public async Task<int> RunAsync(bool delete, CancellationToken cancellationToken)
    {
        var run = context.Up;
        using var runLock = RunLock.TryTake(run.Path);
        if (runLock is null)
        {
            context.Steps.Line("another ./quickstart up or down is at work in this checkout");
            return ExitCode.TryAgain;
        }

        var stopped = await run.StopRecordedAsync(StageContext.StopGrace, cancellationToken);
        File.Delete(context.EnvironmentFile);
        context.Steps.Line(stopped.Count == 0 ? "nothing was running" : $"stopped: {string.Join(", ", stopped)}");
        if (delete)
        {
            StageContext.Delete(run);
            context.Steps.Line($"deleted {run.Path}");
        }

        return ExitCode.Done;
    }
}
