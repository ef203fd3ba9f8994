using Culvert.Stage.Hops;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Commands;

/// <summary>Plain <c>./quickstart</c>: start everything, make the call, say what happened, stop everything.</summary>
internal sealed class OnceCommand(StageContext context)
{
    public async Task<int> RunAsync(int? portBase, bool postgres, bool isHa, CancellationToken cancellationToken)
    {
        var run = context.Once;
        using var runLock = RunLock.TryTake(run.Path);
        if (runLock is null)
        {
            context.Steps.Line("another plain ./quickstart is running in this checkout");
            return ExitCode.TryAgain;
        }

        // What a killed run left behind.
        await StageContext.StopAsync(run, CancellationToken.None);
        StageContext.Delete(run);
        try
        {
            var ports = PortChoice.Choose(portBase, mayMove: true, context.Steps);
            var ha = isHa ? PortChoice.ChooseHa(portBase, ports, context.Steps) : null;
            var installation = context.Installation(run, ports, postgres, ha);
            await installation.CreateAsync(cancellationToken);
            var demonstration = new Demonstration(installation, context.Steps, context.Time);
            await demonstration.CallAsync(cancellationToken);
            context.Steps.Line("");
            foreach (var line in await demonstration.SummariseAsync("./quickstart up", cancellationToken))
            {
                context.Steps.Line(line);
            }
        }
        finally
        {
            await StageContext.StopAsync(run, cancellationToken);
        }

        StageContext.Delete(run);
        return ExitCode.Done;
    }
}
