using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>Copies a program's standard error to the log, or discards it: an unread pipe would block the program.</summary>
internal sealed class ChildErrors(ChildProcess child, string name, bool logs, TimeProvider time, ILogger logger)
{
    private const int MaxLineBytes = 8 * 1024;
    private const int MaxShown = 500;
    private const int MaxLinesPerSecond = 50;

    // Shorter secrets would match parts of many ordinary words.
    private const int LeastSecret = 4;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (logs)
            {
                await LogAsync(cancellationToken);
            }

            await child.Errors.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The stream is closed.
        }
    }

    private async Task LogAsync(CancellationToken cancellationToken)
    {
        var lines = new LineReader(child.Errors, MaxLineBytes);
        var (second, count) = (0L, 0);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            var now = time.GetTimestamp() / time.TimestampFrequency;
            (second, count) = now == second ? (second, count + 1) : (now, 1);
            if (count <= MaxLinesPerSecond)
            {
                Log.ChildSaid(logger, name, child.Id, Sanitize(line));
            }
            else if (count == MaxLinesPerSecond + 1)
            {
                Log.ChildSaid(logger, name, child.Id, "(more lines in this second are left out)");
            }
        }

        if (lines.IsOverrun)
        {
            Log.ChildSaid(logger, name, child.Id, "(a line was too long; nothing further is logged)");
        }
    }

    private string Sanitize(byte[] line)
    {
        var text = Encoding.UTF8.GetString(line);
        foreach (var secret in child.Secrets.Where(s => s.Length >= LeastSecret))
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return ConfigText.Printable(text, MaxShown);
    }
}
