using System.Globalization;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Output;

/// <summary>A progress line on a terminal's standard error, rewritten in place and removed at the end.</summary>
internal sealed class Progress(CliHost host, bool isQuiet, string what) : IDisposable
{
    // Faster updates cannot be read.
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    private readonly bool isShown = host.ShowsProgress && !isQuiet;
    private long shownAt = host.Time.GetTimestamp();
    private int width;

    public void Report(long count)
    {
        var time = host.Time;
        if (!isShown || time.GetElapsedTime(shownAt) < Between)
        {
            return;
        }

        shownAt = time.GetTimestamp();
        var line = string.Create(CultureInfo.InvariantCulture, $"{count} {what} …");
        host.Error.Write("\r" + line.PadRight(width));
        host.Error.Flush();
        width = line.Length;
    }

    public void Dispose()
    {
        if (width > 0)
        {
            host.Error.Write("\r" + new string(' ', width) + "\r");
            host.Error.Flush();
        }
    }
}
