using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Output;

/// <summary>Repeats a read-only command: a terminal shows the latest answer, a file or pipe each change.</summary>
internal sealed class Watch(CliHost host, TimeSpan interval)
{
    // ECMA-48: cursor to the top left, then erase the display.
    private const string Clear = "\u001b[H\u001b[2J";

    public async Task<int> RunAsync(Func<Task<(string Text, int ExitCode)>> once, CancellationToken cancel)
    {
        var last = "";
        var exitCode = ExitCode.Done;
        using var timer = new PeriodicTimer(interval, host.Time);
        try
        {
            do
            {
                (var text, exitCode) = await once();
                if (text.Length > 0 && text != last)
                {
                    await host.Out.WriteAsync((host.OutputWidth is null ? text : Clear + text).AsMemory(), cancel);
                    await host.Out.FlushAsync(cancel);
                    last = text;
                }
            } while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The normal end of a watch; the latest answer's exit code applies.
            return exitCode;
        }

        return exitCode;
    }
}
