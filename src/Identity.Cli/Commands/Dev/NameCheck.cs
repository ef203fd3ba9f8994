using Culvert.Platform.Launching;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>
/// Names under <c>.localhost</c> are loopback (RFC 6761 §6.3), but not in every system library. .NET resolves them itself,
/// so the check runs a system tool, as other programs would resolve them.
/// </summary>
internal static class NameCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Also true when no resolver is available: then no message is printed.</summary>
    public static async Task<bool> ResolvesAsync(string host, TimeProvider time, CancellationToken cancel)
    {
        using var limit = new TimeLimit(Limit, time, cancel);
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
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
