using Culvert.Testing;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Hosting;

/// <summary>The edge says when agents come or leave: at most once a second, and not while nothing changes.</summary>
public sealed class AgentsChangedTests
{
    [Fact]
    public async Task AgentsChanged_ComeAndLeave_IsRaisedOnceASecondAndOnlyThen()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var edge = RunningEdge.Start(time: time);
        var raised = 0;
        edge.Server.AgentsChanged += () => raised++;

        time.Advance(TimeSpan.FromSeconds(1));
        raised.ShouldBe(0);

        var one = await edge.AgentAsync("a1");
        await using var two = await edge.AgentAsync("a2");
        time.Advance(TimeSpan.FromSeconds(1));
        raised.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        raised.ShouldBe(1);

        one.Kill();
        await Eventually.UntilAsync(() => edge.Server.Agents.All.Count() == 1, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(1));
        raised.ShouldBe(2);
    }
}
