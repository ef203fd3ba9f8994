using System.Runtime.InteropServices;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Programs;

/// <summary>Process-level behaviour of every program: signals and exit status.</summary>
public static class ProgramHost
{
    /// <summary>Set to 1 by a caller that holds the other end of standard input: the program stops when it closes.</summary>
    public const string EndWithInput = "CULVERT_END_WITH_INPUT";

    /// <summary>SIGTERM and SIGINT cancel the program's token; a second signal ends the process at once.</summary>
    /// <returns>The program's own status; <see cref="ExitCodes.Interrupted"/> after an unhandled cancellation.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> program)
    {
        var stop = new StopSignal();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop.Receive);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop.Receive);
        if (Environment.GetEnvironmentVariable(EndWithInput) == "1")
        {
            new Thread(stop.WaitForEndOfInput) { IsBackground = true, Name = "input" }.Start();
        }

        try
        {
            return await program(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    /// <summary>Prints every configuration error and returns the exit status.</summary>
    public static int Report(IReadOnlyList<ConfigError> errors, TextWriter output)
    {
        foreach (var error in errors)
        {
            output.WriteLine(error);
        }

        output.WriteLine(
            errors.Count == 1 ? "1 error in the configuration." : $"{errors.Count} errors in the configuration."
        );
        return ExitCodes.Configuration;
    }
}
