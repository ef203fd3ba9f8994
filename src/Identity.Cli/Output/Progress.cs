using Culvert.Identity.Cli.Invocation;
using System.Globalization;

namespace Culvert.Identity.Cli.Output;

/// <summary>How far long work has come: one line on a terminal's standard error, rewritten in place, gone at the end.</summary>
internal sealed class Progress(CommandContext context, string what) : IDisposable
{
    // Faster than that nobody reads.
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    private readonly bool isShown = context.Host.ShowsProgress && !context.IsQuiet;
    private long shownAt = context.Host.Time.GetTimestamp();
    private int width;

    public void Report(long count)
    {
        var time = context.Host.Time;
        if (!isShown || time.GetElapsedTime(shownAt) < Between)
        {
            return;
        }

        shownAt = time.GetTimestamp();
        var line = string.Create(CultureInfo.InvariantCulture, $"{count} {what} …");
        context.Host.Error.Write("\r" + line.PadRight(width));
        context.Host.Error.Flush();
        width = line.Length;
    }

    public void Dispose()
    {
        if (width > 0)
        {
            context.Host.Error.Write("\r" + new string(' ', width) + "\r");
            context.Host.Error.Flush();
        }
    }
}
