using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Runs another Culvert program until it exits; progress goes to standard error, the result is returned.</summary>
internal static class HostProgram
{
    public static async Task<(int ExitCode, IReadOnlyList<string> Output)> RunAsync(
        CommandContext context,
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancel
    )
    {
        using var process =
            ChildCommand.TryStart(
                [program, .. arguments],
                ChildCommand.WholeEnvironment,
                out var problem,
                ChildStreams.PipedOutput
            ) ?? throw new CommandFailure(ExitCode.Failed, $"the program {problem}") { Where = program };
        List<string> lines = [];
        try
        {
            await Task.WhenAll(
                EachLineAsync(process.StandardOutput, lines.Add, cancel),
                EachLineAsync(process.StandardError, context.Host.Error.WriteLine, cancel)
            );
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, lines);
    }

    private static async Task EachLineAsync(StreamReader text, Action<string> act, CancellationToken cancel)
    {
        while (await text.ReadLineAsync(cancel) is { } line)
        {
            act(line);
        }
    }
}
