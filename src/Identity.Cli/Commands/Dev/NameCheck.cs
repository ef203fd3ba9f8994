using Culvert.Platform.Launching;

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
        using var process = ChildCommand.TryStart(
            ["getent", "ahosts", host],
            ChildCommand.UsualEnvironment,
            out _,
            ChildStreams.PipedOutput
        );
        if (process is null)
        {
            return true; // no such tool, as on macOS
        }

        try
        {
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
