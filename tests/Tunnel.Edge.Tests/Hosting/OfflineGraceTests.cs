using Culvert.Testing;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Hosting;

/// <summary>What the edge reports of a time without contact to the service, once it is over (S10).</summary>
public sealed class OfflineGraceTests
{
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Grace_ContactLostAndRestored_IsReportedFromThenOn()
    {
        var contact = time.GetUtcNow();
        var lost = contact;
        await using var edge = RunningEdge.Start(lastContact: () => contact, time: time);
        var raised = 0;
        edge.Server.AgentsChanged += () => raised++;

        Pass(seconds: 60);
        edge.Server.LastGrace.ShouldBeNull();
        Pass(seconds: 600);
        edge.Server.LastGrace.ShouldBeNull("it has not ended");
        raised.ShouldBe(0);
        contact = time.GetUtcNow();
        Pass(seconds: 1);

        var grace = edge.Server.LastGrace.ShouldNotBeNull();
        (grace.LastContact, grace.From, grace.To).ShouldBe((lost, lost.AddSeconds(61), lost.AddSeconds(661)));
        raised.ShouldBe(1);
        Pass(seconds: 30);
        EdgeReporting.Content(edge.Server.Settings, edge.Server).OfflineGrace.ShouldBe(grace);
    }

    [Fact]
    public async Task Grace_Over_EndsWithIt()
    {
        var contact = time.GetUtcNow();
        await using var edge = RunningEdge.Start(lastContact: () => contact, time: time);

        time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Pass(seconds: 2);

        edge.Server.LastGrace.ShouldNotBeNull().To.ShouldBe(contact.AddHours(24).AddSeconds(1));
    }

    [Fact]
    public async Task Grace_AtTheStart_CountsFromTheStart()
    {
        var started = time.GetUtcNow();
        var contact = started.AddHours(-2);
        var before = contact;
        await using var edge = RunningEdge.Start(lastContact: () => contact, time: time);

        Pass(seconds: 5);
        contact = time.GetUtcNow();
        Pass(seconds: 1);

        var grace = edge.Server.LastGrace.ShouldNotBeNull();
        (grace.LastContact, grace.From, grace.To).ShouldBe((before, started, started.AddSeconds(6)));
    }

    [Fact]
    public async Task Grace_None_IsNotReported()
    {
        await using var edge = RunningEdge.Start(lastContact: () => time.GetUtcNow(), time: time);

        Pass(seconds: 300);

        EdgeReporting.Content(edge.Server.Settings, edge.Server).OfflineGrace.ShouldBeNull();
    }

    // The edge checks once a second.
    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
