using System.Globalization;

namespace Culvert.Stage.Reporting;

/// <summary>
/// Prints each step's name, then its elapsed time and result on the same line. A step of more than ten seconds also shows
/// the last line of its log every ten seconds. Plain text only: no colours, no cursor movement, terminal or not.
/// </summary>
internal sealed class StepReporter(TextWriter output, TimeProvider time)
{
    /// <summary>The same column as in Shell/setup.sh.</summary>
    private const int NameWidth = 44;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public void Line(string text) => output.WriteLine(text);

    /// <param name="work">Does the step; its answer is printed as the result.</param>
    public async Task RunAsync(string name, string? logFile, Func<Task<string>> work)
    {
        var started = time.GetTimestamp();
        await output.WriteAsync($"{name, -NameWidth} ");
        await output.FlushAsync();
        var task = work();
        var broken = false;
        while (await Task.WhenAny(task, Task.Delay(Patience, time, CancellationToken.None)) != task)
        {
            broken = true;
            var last = logFile is null ? "" : LogTail.Read(logFile, 1).SingleOrDefault() ?? "";
            await output.WriteAsync($"\n  {Seconds(started)}  {Shorten(last)}");
            await output.FlushAsync();
        }

        var indent = broken ? "\n  " : "";
        try
        {
            var result = await task;
            await output.WriteLineAsync($"{indent}{Seconds(started)}  {result}");
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync($"{indent}{Seconds(started)}  interrupted");
            throw;
        }
        catch (Exception)
        {
            await output.WriteLineAsync($"{indent}{Seconds(started)}  failed");
            throw;
        }
    }

    private static string Shorten(string line) => line.Length <= 110 ? line : line[..110];

    private string Seconds(long started) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds, 5:0.0} s");
}
