using Shouldly;

namespace Culvert.Documentation.Tests.Waiting;

public sealed class RealTimeWaitTests
{
    // Tests and measurements of real programs, which have times of their own.
    private static readonly string[] OfPrograms = ["Benchmarks", "CrashWriter", "EndToEnd.Tests", "Stage"];

    // The helpers in which a test waits, and the doubles whose behaviour takes time.
    private static readonly string[] Doors =
    [
        "Testing/Eventually.cs",
        "Testing/Faults/FaultPath.cs",
        "Testing/Never.cs",
        "Tunnel.Agent.Tests/Connector/ShapedStream.cs",
        "Tunnel.Agent.Tests/LongPoll/ControlPlaneDouble.cs",
    ];

    [Fact]
    public void UnitTests_WaitForNoRealTime() =>
        UnitTestSources().Where(file => !Doors.Contains(file)).SelectMany(WaitsIn).ShouldBeEmpty();

    [Fact]
    public void Doors_AllWait() => Doors.Where(file => !WaitsIn(file).Any()).ShouldBeEmpty();

    [Theory]
    [InlineData("await Task.Delay(pause, time, token);", true)]
    [InlineData("await Task.WhenAny(call, Task.Delay(1));", true)]
    [InlineData("Thread.Sleep(1);", true)]
    [InlineData("while (!done) { await Task.Yield(); }", true)]
    [InlineData("for (;;) { x.Add(async () => await Task.Yield()); }", false)]
    [InlineData("await Task.Yield();", false)]
    [InlineData("var x = new PeriodicTimer(pause);", true)]
    [InlineData("var x = new PeriodicTimer(pause, TimeProvider.System);", true)]
    [InlineData("var x = new PeriodicTimer(pause, time);", false)]
    [InlineData("var x = new CancellationTokenSource(TimeSpan.FromSeconds(5));", true)]
    [InlineData("var x = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);", false)]
    [InlineData("var x = new CancellationTokenSource(Eventually.Limit);", false)]
    [InlineData("await call.WaitAsync(TimeSpan.FromSeconds(5), token);", true)]
    [InlineData("await call.WaitAsync(Eventually.Limit, token);", false)]
    [InlineData("await call.WaitAsync(token);", false)]
    [InlineData("gate.Wait(100);", true)]
    [InlineData("gate.Wait(0);", false)]
    [InlineData("SpinWait.SpinUntil(() => done, TimeSpan.FromSeconds(1));", true)]
    [InlineData("source.CancelAfter(200);", true)]
    [InlineData("// Task.Delay(1)", false)]
    public void In_Statement_IsFoundWhereItWaits(string statement, bool isWait) =>
        RealTimeWaits.In("a.cs", statement).Any().ShouldBe(isWait);

    private static IEnumerable<string> UnitTestSources() =>
        Repository
            .TestSources()
            .Select(file => Path.GetRelativePath(Repository.PathOf("tests"), file))
            .Where(file => !OfPrograms.Contains(file.Split(Path.DirectorySeparatorChar)[0]));

    private static IEnumerable<string> WaitsIn(string file) =>
        RealTimeWaits.In($"tests/{file}", File.ReadAllText(Repository.PathOf(Path.Combine("tests", file))));
}
