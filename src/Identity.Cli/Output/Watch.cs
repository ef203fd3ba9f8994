using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Output;

/// <summary>
/// Runs a reading command again and again. A terminal shows the newest answer alone; into a file or a pipe goes every
/// answer that differs from the one before.
/// </summary>
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
            // This is how a watch ends; what was seen last decides, as without --watch.
            return exitCode;
        }

        return exitCode;
    }
}
