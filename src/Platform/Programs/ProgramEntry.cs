using System.Diagnostics;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Output;

namespace Culvert.Platform.Programs;

/// <summary>
/// The outermost frame of every program. Nothing that a program lets through reaches the runtime, which would print a
/// stack trace and abort: one line says what happened, and the exit code is one of <see cref="ExitCodes"/>.
/// </summary>
public static class ProgramEntry
{
    /// <summary>The key of <see cref="Exception.Data"/> under which the id of the last request is kept.</summary>
    public const string RequestId = "request_id";

    private const int MaxMessageLength = 1000;

    /// <summary>Runs the program with guarded standard streams.</summary>
    /// <param name="program">The name that begins the line.</param>
    /// <param name="run">The program; it gives the exit code.</param>
    public static Task<int> RunAsync(string program, Func<Task<int>> run)
    {
        Console.SetOut(NewWriter(StandardStream.Output()));
        Console.SetError(NewWriter(StandardStream.Error()));
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
            Environment.Exit(Report(program, (Exception)e.ExceptionObject, Console.Error));
        return RunAsync(program, Console.Error, run);
    }

    internal static async Task<int> RunAsync(string program, TextWriter error, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) // the program has ended: only its exit code is left to give
        {
            return Report(program, e, error);
        }
    }

    private static int Report(string program, Exception failure, TextWriter error)
    {
        var (exitCode, text) =
            failure is OutputException
                ? (ExitCodes.OutputFailed, failure.Message)
                : (ExitCodes.InternalError, $"internal error{FindPlace(failure)}: {Describe(failure)}");
        try
        {
            error.WriteLine($"{program}: {ConfigText.Printable(text, MaxMessageLength)}");
            if (failure.Data[RequestId] is string id)
            {
                error.WriteLine($"  request id: {ConfigText.Printable(id)}");
            }
        }
        catch (OutputException)
        {
            // There is no place left to write to; the exit code still tells the caller.
        }

        return exitCode;
    }

    private static string Describe(Exception failure) =>
        $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ").Trim()}";

    // The method of this product in which it happened: with the release's version, enough to find the line.
    private static string FindPlace(Exception failure)
    {
        foreach (var frame in new StackTrace(failure).GetFrames())
        {
            if (
                DiagnosticMethodInfo.Create(frame) is { DeclaringTypeName: { } type } method
                && type.StartsWith("Culvert.", StringComparison.Ordinal)
            )
            {
                return $" in {type}.{method.Name}";
            }
        }

        return "";
    }

    private static StreamWriter NewWriter(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
}
