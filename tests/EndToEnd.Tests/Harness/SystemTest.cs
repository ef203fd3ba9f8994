using Culvert.Stage.Hops;
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
        System.Failed |= TestContext.Current.TestState?.Result == TestResult.Failed;
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A line that <c>./test</c> repeats beside its results.</summary>
    internal static void Figure(string text) => Console.WriteLine($"figure: {text}");
}
