using Culvert.Tunnel.Edge.Agents;

namespace Culvert.Tunnel.Edge.Tests.Agents;

public sealed class AgentArrivalTests
{
    [Fact]
    public void IsAwaited_NoSettling_IsNever() =>
        new AgentArrival(TimeSpan.Zero).IsAwaited(canServe: false, At(0), null).ShouldBeFalse();

    [Fact]
    public void IsAwaited_NobodyComes_EndsWithTheTime()
    {
        var arrival = new AgentArrival(TimeSpan.FromSeconds(30));
        arrival.IsAwaited(canServe: false, At(0), null).ShouldBeTrue();
        arrival.IsAwaited(canServe: true, At(100), null).ShouldBeTrue(); // counts from here
        arrival.IsAwaited(canServe: true, At(129), null).ShouldBeTrue();
        arrival.IsAwaited(canServe: true, At(130), null).ShouldBeFalse();
    }

    [Fact]
    public void IsAwaited_AgentsCome_EndsWhenNobodyNewComes()
    {
        var arrival = new AgentArrival(TimeSpan.FromSeconds(30));
        arrival.IsAwaited(canServe: true, At(0), null).ShouldBeTrue();
        arrival.IsAwaited(canServe: true, At(3), At(2)).ShouldBeTrue();
        arrival.IsAwaited(canServe: true, At(5), At(4)).ShouldBeTrue();
        arrival.IsAwaited(canServe: true, At(6), At(4)).ShouldBeFalse();
        arrival.IsAwaited(canServe: true, At(7), null).ShouldBeFalse(); // permanently: agents that leave are another case
    }

    [Fact]
    public void Restart_AfterADrain_WaitsAnew()
    {
        var arrival = new AgentArrival(TimeSpan.FromSeconds(30));
        arrival.IsAwaited(canServe: true, At(6), At(4)).ShouldBeFalse();
        arrival.Restart(TimeSpan.FromSeconds(30));
        arrival.IsAwaited(canServe: true, At(60), null).ShouldBeTrue();
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
