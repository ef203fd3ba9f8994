using System.ComponentModel;
using System.Diagnostics;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>
/// Names under <c>.localhost</c> are loopback by RFC 6761 §6.3, but not every system library knows. .NET does so
/// without the system, so the system is asked as another program would.
/// </summary>
internal static class NameCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>True also where no resolver can be reached: then no message is printed.</summary>
    public static async Task<bool> ResolvesAsync(string host, TimeProvider time, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        var start = new ProcessStartInfo("getent") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("ahosts");
        start.ArgumentList.Add(host);
        try
        {
            using var process = Process.Start(start);
            if (process is null)
            {
                return true;
            }

            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return true; // no such tool, as on macOS
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
