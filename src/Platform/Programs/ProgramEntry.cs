using System.Diagnostics;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Output;

namespace Culvert.Platform.Programs;

/// <summary>
/// The outermost frame of every program: instead of the runtime's stack trace and abort, one line describes the error,
/// and the exit code is one of <see cref="ExitCodes"/>.
/// </summary>
public static class ProgramEntry
{
    /// <summary>The key of <see cref="Exception.Data"/> for the id of the last request.</summary>
    public const string RequestId = "request_id";

    private const int MaxMessageLength = 1000;

    /// <summary>Runs the program with guarded standard streams; <paramref name="run"/> returns the exit code.</summary>
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
        catch (Exception e) // the program has ended, and only its exit code remains to be set
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
            // No stream is left to write to; the exit code still informs the caller.
        }

        return exitCode;
    }

    private static string Describe(Exception failure) =>
        $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ").Trim()}";

    // The method of this product that failed; with the release's version, enough to find the line.
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
