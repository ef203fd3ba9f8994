using System.Diagnostics;
using Culvert.Platform.Launching;

namespace Culvert.Platform.Identity;

/// <summary>Runs a program that prints a token: no shell, bounded time and output.</summary>
internal static class TokenCommand
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="IdentityTokenException">It cannot be started, fails, or does not end in time.</exception>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> command,
        IReadOnlyList<string> inherited,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = Start(command, inherited);
        try
        {
            process.StandardInput.Close();
            // Its own error output is not shown: a traced script would print the token there.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output =
                await TokenFile.ReadBoundedAsync(process.StandardOutput.BaseStream, both.Token)
                ?? throw Fault(command, TokenFile.TooLong);
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0
                ? output
                : throw Fault(command, $"ended with status {process.ExitCode}; run it by hand to see why");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fault(command, $"did not end within {timeout.TotalSeconds} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(IReadOnlyList<string> command, IReadOnlyList<string> inherited) =>
        ChildCommand.TryStart(command, inherited, out var problem) ?? throw Fault(command, problem);

    private static IdentityTokenException Fault(IReadOnlyList<string> command, string reason) =>
        new($"The identity token's command {command[0]} {reason}.");
}
