using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Doctor;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

/// <summary>What the doctor says of edges and calls when nothing listens where the feed says.</summary>
public sealed class PathChecksTests : IDisposable
{
    private readonly DoctorScene scene = new();

    // Bound and not listening: connections to it are refused.
    private readonly Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public PathChecksTests() => closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    private string Address => closed.LocalEndPoint!.ToString()!;

    public void Dispose()
    {
        closed.Dispose();
        scene.Dispose();
    }

    [Fact]
    public async Task Edges_NothingListens_SaysToStartTheEdge()
    {
        var found = await RunAsync(PathChecks.Edges, scene.Leaf().NotAfter);

        found.Status.ShouldBe(DoctorStatus.Fail);
        found.Evidence.Single().ShouldBe($"east {Address}: connect: Connection refused");
        found.Next.ShouldBe([
            $"No program listens at {Address}: start the edge there, or correct the address or port.",
            "tunnel-edge doctor, on the edge's host",
        ]);
    }

    [Fact]
    public async Task Call_ExpiredLeaf_IsSaidInWords()
    {
        var found = await RunAsync(PathChecks.Call, scene.Now - TimeSpan.FromSeconds(5));

        found.Status.ShouldBe(DoctorStatus.Fail);
        found.Why.ShouldStartWith("The agent's certificate for clients expired at 2025-12-31 23:59:55Z");
        found.Next.ShouldBe(["tunnel-agent doctor --check inner_certificate"]);
    }

    [Fact]
    public async Task Call_ValidLeaf_LooksElsewhere()
    {
        var found = await RunAsync(PathChecks.Call, scene.Now + TimeSpan.FromHours(1));

        found.Why.ShouldNotContain(" expired");
        found.Next[0].ShouldBe("tunnel-agent health");
    }

    [Fact]
    public async Task Call_RouteWithItsOwnPath_IsCalledThere()
    {
        var found = await RunAsync(PathChecks.Call, scene.Now + TimeSpan.FromHours(1), path: "/v1/tools");

        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;
        found.Evidence[0].ShouldStartWith($"docs: https://docs.x.tunnel.test:{port}/v1/tools: ");
    }

    private async Task<DoctorFinding> RunAsync(string id, DateTimeOffset leafEnds, string path = "/mcp")
    {
        var facts = scene.Facts();
        var settings = facts.Settings with
        {
            Routes = [.. facts.Settings.Routes.Select(r => r with { Oauth = r.Oauth with { Path = path } })],
        };
        var state = facts.State with
        {
            Feed = scene.Feed() with
            {
                Edges =
                [
                    new(
                        Id: "edge_1",
                        Name: "east",
                        Addresses: [Address],
                        PublicPort: ((IPEndPoint)closed.LocalEndPoint!).Port
                    ),
                ],
            },
        };
        var checks = new PathChecks(settings, state, new FakeTimeProvider(scene.Now), leaf: scene.LeafUntil(leafEnds));
        var found = await checks.RunAsync(TestContext.Current.CancellationToken);
        string.Join('\n', found.SelectMany(f => f.Evidence)).ShouldNotContain("inner exception");
        return found.Single(f => f.Id == id);
    }
}
