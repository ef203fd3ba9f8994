using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A test against a running system; remembers failures, so that the logs stay.</summary>
public abstract class SystemTest(RunningSystem system) : IAsyncDisposable
{
    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal RunningSystem System { get; } = system;

    internal Installation Installation => System.Installation;

    public ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed && !System.Failed)
        {
            System.Failed = true;
            TellLogs();
        }

        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// What edge and agent said last, of the first test that fails: <c>./test</c> repeats it, and the logs of a machine
    /// elsewhere are out of reach.
    /// </summary>
    private void TellLogs()
    {
        var test = TestContext.Current.TestMethod?.MethodName;
        foreach (var process in (ProgramProcess[])[Installation.Edge.Process, Installation.Agent.Process])
        {
            foreach (var line in LogTail.Read(process.LogFile, 5))
            {
                Console.WriteLine($"log: {test}: {process.Name}: {line[..Math.Min(line.Length, 240)]}");
            }
        }
    }

    /// <summary>Waits for something to become true, and says how long that took.</summary>
    internal static async Task<TimeSpan> UntilAsync(Func<Task<bool>> condition, string what, TimeSpan limit)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(limit, what);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }

        return TimeProvider.System.GetElapsedTime(begun);
    }

    /// <summary>A number of a program's <c>/metrics</c>, summed over its labels.</summary>
    internal static async Task<double> MetricAsync(int healthPort, string name)
    {
        using var client = new HttpClient();
        return MetricOf(await client.GetStringAsync(new Uri($"http://127.0.0.1:{healthPort}/metrics"), Cancel), name);
    }

    /// <summary>The same of a text that was fetched.</summary>
    internal static double MetricOf(string metrics, string name) =>
        Regex
            .Matches(metrics, $"^{name}(?:\\{{[^}}]*\\}})? (?<value>[\\d.e+]+)", RegexOptions.Multiline)
            .Sum(m => double.Parse(m.Groups["value"].Value, CultureInfo.InvariantCulture));

    /// <summary>A line that <c>./test</c> repeats with its results.</summary>
    internal static void Figure(string text) => Console.WriteLine($"figure: {text}");
}
