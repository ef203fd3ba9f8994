using Culvert.Platform.Launching;

namespace Culvert.Machine.Client.Tokens;

/// <summary>Runs a program that prints a token: no shell, bounded time and output.</summary>
internal static class TokenCommand
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="IdentityTokenException">The program cannot be started, fails, or exceeds its time limit.</exception>
    public static async Task<string> RunAsync(
        IReadOnlyList<string> command,
        IReadOnlyList<string> inherited,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var run = new ChildRun
        {
            Command = command,
            Inherited = inherited,
            Timeout = timeout,
            MaxOutputBytes = IdentityTokenSource.MaxBytes,
        };
        var result = await run.RunAsync(time, cancellationToken);
        return result.Problem is not { } problem
            ? result.Output
            : throw new IdentityTokenException($"The identity token's command {command[0]} {problem}.")
            {
                ErrorOutput = result.ErrorOutput,
            };
    }
}
