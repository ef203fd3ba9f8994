using System.Diagnostics;

namespace Culvert.Documentation.Tests.Samples;

/// <summary>Our own programs, as the build put them next to the tests.</summary>
internal static class BuiltProgram
{
    /// <summary>Runs one to its end; what it prints comes from both streams.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancel
    )
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var error = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Starts one that continues to run.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Whatever the caller's shell sets for its own installation would count before the file.
        foreach (
            var name in start.Environment.Keys.Where(n => n.StartsWith("CULVERT_", StringComparison.Ordinal)).ToList()
        )
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }
}
