using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Dialing;

/// <summary>S10, W12, W13: which outer connections there are, and how one follows another.</summary>
public sealed class EdgeFleetTests : IAsyncLifetime
{
    private const string FirstId = "edge_01aaaaaaaaaaaaaaaaaaaaaa";
    private const string SecondId = "edge_01bbbbbbbbbbbbbbbbbbbbbb";

    private readonly TunnelPki pki = new();
    private readonly AgentMetrics metrics = new();
    private readonly Support.Tunnel tunnel = new();
    private readonly EdgeFleet fleet;
    private readonly FakeEdge first;
    private readonly FakeEdge second;

    public EdgeFleetTests()
    {
        var options = new EdgeFleetOptions
        {
            InstanceId = "a1",
            Connections = 2,
            DialTimeout = TimeSpan.FromMinutes(1),
            MaxStreams = 100,
            Drain = TimeSpan.FromMinutes(2),
        };
        fleet = new EdgeFleet(options, tunnel.Server, metrics, TimeProvider.System, NullLoggerFactory.Instance);
        first = new FakeEdge(FirstId, pki.Edge(FirstId));
        second = new FakeEdge(SecondId, pki.Edge(SecondId));
    }

    public async ValueTask InitializeAsync() => await tunnel.Server.StartAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task Apply_TwoEdges_MakesEachItsConnections()
    {
        fleet.Apply(Context(pki.Agent("a1"), first, second));

        foreach (var edge in (FakeEdge[])[first, first, second, second])
        {
            var connection = await edge.NextAsync();
            (await connection.Mux.PeerHello).InstanceId.ShouldBe("a1");
        }

        await Eventually.UntilAsync(() => fleet.ServingEdges == 2, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Apply_RenewedCertificate_ReplacesEachConnectionBeforeDrainingTheOld()
    {
        fleet.Apply(Context(pki.Agent("a1"), first));
        FakeEdgeConnection[] old = [await first.NextAsync(), await first.NextAsync()];
        await Eventually.UntilAsync(() => fleet.ServingEdges == 1, TestContext.Current.CancellationToken);
        var renewed = pki.Agent("a1");

        fleet.Apply(Context(renewed, first));

        (await first.NextAsync()).AgentSerial.ShouldBe(renewed.Serial);
        (await first.NextAsync()).AgentSerial.ShouldBe(renewed.Serial);
        foreach (var connection in old)
        {
            (await connection.Mux.PeerGoAway.WaitAsync(Eventually.Limit)).Code.ShouldBe(ConnectionErrorCode.Shutdown);
        }
    }

    [Fact]
    public async Task Apply_SameCertificate_ChangesNothing()
    {
        var certificate = pki.Agent("a1");
        fleet.Apply(Context(certificate, first));
        FakeEdgeConnection[] made = [await first.NextAsync(), await first.NextAsync()];
        await Eventually.UntilAsync(() => fleet.ServingEdges == 1, TestContext.Current.CancellationToken);

        fleet.Apply(Context(certificate, first, second));
        await second.NextAsync();

        made.ShouldAllBe(c => !c.Mux.PeerGoAway.IsCompleted);
    }

    [Fact]
    public async Task Apply_EdgeLeftTheFeed_DrainsItsConnections()
    {
        var certificate = pki.Agent("a1");
        fleet.Apply(Context(certificate, first, second));
        FakeEdgeConnection[] made = [await first.NextAsync(), await first.NextAsync()];

        fleet.Apply(Context(certificate, second));

        foreach (var connection in made)
        {
            await connection.Mux.PeerGoAway.WaitAsync(Eventually.Limit);
        }
    }

    [Fact]
    public async Task Use_OtherNumberOfConnections_DialsMoreOrDrainsTheSpare()
    {
        fleet.Apply(Context(pki.Agent("a1"), first));
        FakeEdgeConnection[] made = [await first.NextAsync(), await first.NextAsync()];
        await Eventually.UntilAsync(() => fleet.Connections is [(_, 2, 2)], TestContext.Current.CancellationToken);

        fleet.Use(fleet.Options with { Connections = 4 });
        await first.NextAsync();
        await first.NextAsync();
        await Eventually.UntilAsync(() => fleet.Connections is [(_, 4, 4)], TestContext.Current.CancellationToken);
        made.ShouldAllBe(c => !c.Mux.PeerGoAway.IsCompleted);

        fleet.Use(fleet.Options with { Connections = 1 });
        await Eventually.UntilAsync(() => fleet.Connections is [(_, 1, 1)], TestContext.Current.CancellationToken);
        made.Count(c => c.Mux.PeerGoAway.IsCompleted).ShouldBeLessThan(2);
    }

    [Fact] // edges learn the number from HELLO, which is said once
    public async Task Use_OtherNumberOfStreams_ReplacesEachConnectionBeforeDrainingTheOld()
    {
        fleet.Apply(Context(pki.Agent("a1"), first));
        FakeEdgeConnection[] old = [await first.NextAsync(), await first.NextAsync()];
        await Eventually.UntilAsync(() => fleet.Connections is [(_, 2, 2)], TestContext.Current.CancellationToken);

        fleet.Use(fleet.Options with { MaxStreams = 7 });

        foreach (var connection in (FakeEdgeConnection[])[await first.NextAsync(), await first.NextAsync()])
        {
            (await connection.Mux.PeerHello).MaxStreams.ShouldBe(7u);
        }

        foreach (var connection in old)
        {
            await connection.Mux.PeerGoAway.WaitAsync(Eventually.Limit);
        }
    }

    [Theory]
    [InlineData("edge_1", "edge_1")]
    [InlineData("EDGE-TWO", "edge_2")]
    [InlineData("two.example:7844", "edge_2")]
    [InlineData("nowhere", "")]
    [InlineData("", "edge_1 edge_2")]
    public void Choice_OfEdges_NarrowsTheFeeds(string named, string chosen)
    {
        AgentFeedEdge[] edges =
        [
            new(Id: "edge_1", Name: "edge-one", Addresses: ["one.example:7844"]),
            new(Id: "edge_2", Name: "edge-two", Addresses: ["two.example:7844"]),
        ];
        string[] names = named.Length > 0 ? [named] : [];

        string.Join(' ', EdgeChoice.Select(edges, names).Select(e => e.Id)).ShouldBe(chosen);
        EdgeChoice.Unknown(edges, names).ShouldBe(named == "nowhere" ? ["nowhere"] : []);
    }

    [Fact]
    public async Task GoAway_FromTheEdge_IsFollowedByANewConnection()
    {
        fleet.Apply(Context(pki.Agent("a1"), first));
        var made = await first.NextAsync();
        await first.NextAsync();

        made.Mux.GoAway(ConnectionErrorCode.Shutdown, TimeSpan.FromSeconds(30), "restart");

        await first.NextAsync();
    }

    [Fact]
    public async Task LostConnection_IsReplaced()
    {
        fleet.Apply(Context(pki.Agent("a1"), first));
        var made = await first.NextAsync();
        await first.NextAsync();

        await made.Mux.DisposeAsync();

        await first.NextAsync();
    }

    [Fact]
    public async Task Apply_RevokedEdge_CutsItsConnections()
    {
        var certificate = pki.Edge(FirstId);
        await using var edge = new FakeEdge(FirstId, certificate);
        var context = Context(pki.Agent("a1"), edge);
        fleet.Apply(context);
        var made = await edge.NextAsync();
        await made.Mux.PeerHello; // of its two connections the other one may serve first
        await Eventually.UntilAsync(() => fleet.ServingEdges == 1, TestContext.Current.CancellationToken);

        fleet.Apply(context with { RevokedSerials = new RevokedSerialSet([certificate.Serial]) });

        await made.Mux.PeerGoAway.WaitAsync(Eventually.Limit);
        await Eventually.UntilAsync(() => fleet.ServingEdges == 0, TestContext.Current.CancellationToken);
    }

    [Fact] // S10: a connection that a renewal replaced may live for a day, but not with a revoked edge
    public async Task Apply_RevokedEdge_CutsItsOlderConnectionsToo()
    {
        var certificate = pki.Edge(FirstId);
        await using var edge = new FakeEdge(FirstId, certificate);
        var context = Context(pki.Agent("a1"), edge);
        fleet.Apply(context);
        FakeEdgeConnection[] old = [await edge.NextAsync(), await edge.NextAsync()];
        await Eventually.UntilAsync(() => fleet.ServingEdges == 1, TestContext.Current.CancellationToken);
        foreach (var connection in old)
        {
            await connection.Mux.PeerHello;
            connection.Mux.Open(Open()); // keeps it alive beyond the renewal
        }

        // One that came after the agent's GOAWAY would be refused, rightly.
        await Eventually.UntilAsync(() => fleet.OpenStreams == 2, TestContext.Current.CancellationToken);
        context = context with { Certificate = pki.Agent("a1") };
        fleet.Apply(context);
        foreach (var connection in old)
        {
            await connection.Mux.PeerGoAway.WaitAsync(Eventually.Limit);
            connection.Mux.Outcome.ShouldBeNull();
        }

        fleet.Apply(context with { RevokedSerials = new RevokedSerialSet([certificate.Serial]) });

        await Eventually.UntilAsync(
            () => old.All(c => c.Mux.Outcome is not null),
            TestContext.Current.CancellationToken
        );
    }

    [Fact] // S10: an agent that may not serve leaves at once, whatever runs, and dials again when it may
    public async Task Withdraw_WithStreams_EndsEveryConnectionAndApplyDialsAgain()
    {
        var context = Context(pki.Agent("a1"), first, second);
        fleet.Apply(context);
        FakeEdgeConnection[] made =
        [
            await first.NextAsync(),
            await first.NextAsync(),
            await second.NextAsync(),
            await second.NextAsync(),
        ];
        await Eventually.UntilAsync(() => fleet.ServingEdges == 2, TestContext.Current.CancellationToken);
        await made[0].Mux.PeerHello; // of the two connections to an edge the other one may serve first
        made[0].Mux.TryOpen(Open(), out _).ShouldBeTrue();

        fleet.Withdraw();
        await Eventually.UntilAsync(
            () => made.All(c => c.Mux.Outcome is not null),
            TestContext.Current.CancellationToken
        );
        fleet.ServingEdges.ShouldBe(0);

        fleet.Apply(context);
        await Eventually.UntilAsync(() => fleet.ServingEdges == 2, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stop_SaysGoAwayAndEndsWhenNothingRuns()
    {
        fleet.Apply(Context(pki.Agent("a1"), first));
        var made = await first.NextAsync();
        await Eventually.UntilAsync(() => fleet.ServingEdges == 1, TestContext.Current.CancellationToken);

        await fleet.StopAsync().WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);

        made.Mux.PeerGoAway.IsCompletedSuccessfully.ShouldBeTrue();
        fleet.ServingEdges.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        await fleet.DisposeAsync();
        await first.DisposeAsync();
        await second.DisposeAsync();
        await tunnel.DisposeAsync();
        metrics.Dispose();
    }

    private DialContext Context(KeyAndCertificate certificate, params FakeEdge[] edges) =>
        new()
        {
            Certificate = certificate,
            Trust = pki.Trust,
            Edges = [.. edges.Select(e => e.Feed)],
            RevokedSerials = RevokedSerialSet.None,
        };

    private static OpenPayload Open() =>
        new()
        {
            ServerName = Support.Tunnel.Host,
            Client = Support.Tunnel.ClientEndPoint,
            ConnectionId = "c-1",
        };
}
