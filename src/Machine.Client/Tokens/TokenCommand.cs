using System.Diagnostics;
using Culvert.Platform.Launching;

namespace Culvert.Machine.Client.Tokens;

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
        var (errors, output) = (new ChildErrorOutput(), "");
        IdentityTokenException Failed(string reason) =>
            new($"The identity token's command {command[0]} {reason}.")
            {
                ErrorOutput = errors.Lines(output, process.StartInfo.Environment),
            };

        try
        {
            process.StandardInput.Close();
            var draining = errors.DrainAsync(process.StandardError.BaseStream, both.Token);
            output =
                await TokenFile.ReadBoundedAsync(process.StandardOutput.BaseStream, both.Token)
                ?? throw Fault(command, TokenFile.TooLong);
            await draining;
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0
                ? output
                : throw Failed($"exited with status {process.ExitCode}; run it manually to see why");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"did not exit within {timeout.TotalSeconds} s");
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
