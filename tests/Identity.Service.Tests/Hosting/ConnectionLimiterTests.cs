using System.Net;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Platform.Addresses;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Testing;
using Microsoft.AspNetCore.Connections;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting;

/// <summary>S36: what one port holds, and who gives way.</summary>
public sealed class ConnectionLimiterTests
{
    private static readonly Rate Many = new(1_000, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task Serve_PortFull_TheLongestIdleGivesWay()
    {
        var limiter = Limiter(connections: 2, perAddress: 2);
        var first = Open(limiter, "192.0.2.1");
        var second = Open(limiter, "192.0.2.2");

        var third = Open(limiter, "192.0.2.3");

        await first.EndedAsync();
        first.IsAborted.ShouldBeTrue();
        (second.IsAborted, third.IsAborted).ShouldBe((false, false));
        limiter.Open.ShouldBe(2);
    }

    [Fact]
    public async Task Serve_PortFullOfRequests_TheNewOneIsClosed()
    {
        var limiter = Limiter(connections: 1, perAddress: 2);
        var first = Open(limiter, "192.0.2.1");
        first.Slot.BeginRequest();

        var second = Open(limiter, "192.0.2.2");

        await second.EndedAsync();
        (first.IsAborted, second.IsAborted).ShouldBe((false, true));
        second.WasServed.ShouldBeFalse();

        first.Slot.EndRequest();
        Open(limiter, "192.0.2.2").WasServed.ShouldBeTrue();
        await first.EndedAsync();
        limiter.Open.ShouldBe(1);
    }

    [Fact]
    public async Task Serve_AddressFull_ItsOwnIdleOneGivesWay()
    {
        var limiter = Limiter(connections: 10, perAddress: 1);
        var other = Open(limiter, "192.0.2.2");
        var first = Open(limiter, "2001:db8::1");

        var second = Open(limiter, "2001:db8::2");

        await first.EndedAsync();
        (other.IsAborted, second.WasServed).ShouldBe((false, true));
        second.Slot.BeginRequest();
        Open(limiter, "2001:db8::3").WasServed.ShouldBeFalse();
        limiter.Open.ShouldBe(2);
    }

    [Fact]
    public void Serve_IdleAgainAfterARequest_IsTheYoungestOfTheIdle()
    {
        var limiter = Limiter(connections: 2, perAddress: 2);
        var first = Open(limiter, "192.0.2.1");
        var second = Open(limiter, "192.0.2.2");
        first.Slot.BeginRequest();
        first.Slot.EndRequest();

        Open(limiter, "192.0.2.3").WasServed.ShouldBeTrue();

        (first.IsAborted, second.IsAborted).ShouldBe((false, true));
    }

    [Fact]
    public void Serve_HandshakesOfOneAddress_AreBoundedUntilTheyEnd()
    {
        var limiter = Limiter(connections: 10, perAddress: 10, handshakes: 1);
        var first = Open(limiter, "192.0.2.1", endsHandshake: false);

        Open(limiter, "192.0.2.1").WasServed.ShouldBeFalse();
        Open(limiter, "192.0.2.2").WasServed.ShouldBeTrue();
        first.Slot.EndHandshake();
        Open(limiter, "192.0.2.1").WasServed.ShouldBeTrue();
    }

    [Fact]
    public void Serve_AddressOfAnHttpBalancer_IsBoundInTotalAlone()
    {
        var limiter = Limiter(connections: 3, perAddress: 1, handshakes: 1, proxies: "192.0.2.0/24");
        var first = Open(limiter, "192.0.2.1", endsHandshake: false);
        var second = Open(limiter, "192.0.2.1", endsHandshake: false);
        var third = Open(limiter, "192.0.2.1", endsHandshake: false);
        (first.WasServed, second.WasServed, third.WasServed, limiter.Open).ShouldBe((true, true, true, 3));

        Open(limiter, "198.51.100.1").WasServed.ShouldBeTrue();

        (first.IsAborted, second.IsAborted, limiter.Open).ShouldBe((true, false, 3));
    }

    [Fact]
    public void Serve_FasterThanTheRate_IsClosedUntilTimePasses()
    {
        var time = new FakeTimeProvider();
        var bounds = new ConnectionBounds(10, 10, 10, new Rate(1, TimeSpan.FromSeconds(1)));
        var limiter = new ConnectionLimiter(Listener.Api, () => bounds, () => AddressRanges.Empty, time);
        Open(limiter, "192.0.2.1").WasServed.ShouldBeTrue();
        Open(limiter, "192.0.2.1").WasServed.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        Open(limiter, "192.0.2.1").WasServed.ShouldBeTrue();
    }

    [Fact]
    public async Task Serve_LowerBounds_CloseTheIdleConnectionsAboveThem()
    {
        var bounds = new ConnectionBounds(4, 4, 100, Many);
        var limiter = new ConnectionLimiter(
            Listener.Api,
            () => bounds,
            () => AddressRanges.Empty,
            new FakeTimeProvider()
        );
        var first = Open(limiter, "192.0.2.1");
        var second = Open(limiter, "192.0.2.1");
        var busy = Open(limiter, "192.0.2.1");
        busy.Slot.BeginRequest();

        bounds = new ConnectionBounds(4, 2, 100, Many);
        Open(limiter, "192.0.2.1").WasServed.ShouldBeTrue();

        await first.EndedAsync();
        await second.EndedAsync();
        (busy.IsAborted, limiter.Open).ShouldBe((false, 2));
        bounds = new ConnectionBounds(1, 2, 100, Many);
        Open(limiter, "192.0.2.2").WasServed.ShouldBeFalse();
        (busy.IsAborted, limiter.Open).ShouldBe((false, 1));
        bounds = new ConnectionBounds(2, 2, 100, Many);
        Open(limiter, "192.0.2.2").WasServed.ShouldBeTrue();
    }

    // Trusted or not is decided when the connection begins: what was not counted in is not counted out, and the reverse.
    [Fact]
    public async Task Serve_BalancersThatChangeMeanwhile_LeaveTheCountsRight()
    {
        var bounds = new ConnectionBounds(10, 1, 1, Many);
        AddressRanges.TryParse(["192.0.2.0/24"], out var balancers, out _).ShouldBeTrue();
        var proxies = AddressRanges.Empty;
        var limiter = new ConnectionLimiter(Listener.Api, () => bounds, () => proxies, new FakeTimeProvider());
        var counted = Open(limiter, "192.0.2.1", endsHandshake: false);
        proxies = balancers;
        var uncounted = Open(limiter, "192.0.2.1", endsHandshake: false);
        counted.Slot.EndHandshake();
        counted.Abort();
        await counted.EndedAsync();

        proxies = AddressRanges.Empty;
        uncounted.Slot.EndHandshake();
        uncounted.Abort();
        await uncounted.EndedAsync();

        var next = Open(limiter, "192.0.2.1", endsHandshake: false);
        next.WasServed.ShouldBeTrue();
        Open(limiter, "192.0.2.1").WasServed.ShouldBeFalse();
        limiter.Open.ShouldBe(1);
    }

    [Theory]
    [InlineData(2_000L, 1_000, 500)]
    [InlineData(65_536L, 16_384, 16_384)]
    [InlineData(long.MaxValue, 16_384, 65_536)]
    [InlineData(null, 512, 256)]
    [InlineData(1L, 1, 1)]
    public void For_DescriptorLimit_LeavesAQuarterOverAndEachPortItsOwn(long? descriptors, int api, int machine)
    {
        var limits = new LimitOptions();

        ConnectionBounds.For(Listener.Api, limits, descriptors).Connections.ShouldBe(api);
        ConnectionBounds.For(Listener.Machine, limits, descriptors).Connections.ShouldBe(machine);
    }

    [Fact]
    public void For_ConfiguredNumbers_AreUsed()
    {
        var limits = new LimitOptions
        {
            ApiConnections = 7,
            MachineConnections = 8,
            ConnectionsPerAddress = 3,
        };

        ConnectionBounds
            .For(Listener.Api, limits, 2_000)
            .ShouldBe(new ConnectionBounds(7, 3, 256, new Rate(500, TimeSpan.FromSeconds(1))));
        ConnectionBounds.For(Listener.Machine, limits, 2_000).Connections.ShouldBe(8);
    }

    private static ConnectionLimiter Limiter(
        int connections,
        int perAddress,
        int handshakes = 100,
        string? proxies = null
    )
    {
        AddressRanges.TryParse(proxies is null ? [] : [proxies], out var ranges, out _).ShouldBeTrue();
        var bounds = new ConnectionBounds(connections, perAddress, handshakes, Many);
        return new ConnectionLimiter(Listener.Api, () => bounds, () => ranges, new FakeTimeProvider());
    }

    private static Connection Open(ConnectionLimiter limiter, string address, bool endsHandshake = true)
    {
        var connection = new Connection(address);
        connection.Begin(limiter, endsHandshake);
        return connection;
    }

    /// <summary>One that stays open until it is aborted.</summary>
    private sealed class Connection : DefaultConnectionContext
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Task serving = Task.CompletedTask;

        public Connection(string address) => RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 4711);

        public bool IsAborted { get; private set; }

        public bool WasServed { get; private set; }

        public ConnectionSlot Slot => Features.Get<ConnectionSlot>()!;

        public void Begin(ConnectionLimiter limiter, bool endsHandshake) =>
            serving = limiter.ServeAsync(
                this,
                _ =>
                {
                    WasServed = true;
                    if (endsHandshake)
                    {
                        Slot.EndHandshake();
                    }

                    return ended.Task;
                }
            );

        public Task EndedAsync() => serving.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);

        public override void Abort(ConnectionAbortedException abortReason)
        {
            IsAborted = true;
            ended.TrySetResult();
        }
    }
}
