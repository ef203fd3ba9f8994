using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Doctor.Certificates;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Doctor;

/// <summary>S29: sessions and a tunnel that spreads the clients of a hostname over its agents.</summary>
public sealed class AffinityCheckTests : IDisposable
{
    private static readonly ProbeState Stateless = new(true, "") { KeepsSessions = false };
    private static readonly ProbeState Legacy = new(true, "") { KeepsSessions = true };
    private static readonly ProbeState Unknown = new(false, "It does not answer.");

    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Client_RoutesThatKeepSessions_AreNamedWithWhatToDo()
    {
        var found = AffinityCheck.Check(
            Tunnel(TunnelAffinity.Client),
            [("files", StdioFixture.Settings(), Stateless), Http("wiki", Legacy), Http("docs", Stateless)]
        );

        found.Id.ShouldBe("affinity");
        found.Status.ShouldBe(DoctorStatus.Warn);
        found.Summary.ShouldBe("2 of 3 routes keep sessions, and the tunnel has affinity client.");
        found.Why.ShouldBe(
            "With several agents, a client whose address or certificate changes reaches another agent. That agent does not have "
                + "the session of a program, nor that of a server which only the first agent calls: the call fails with 404."
        );
        found.Evidence.ShouldBe([
            "files: this agent runs the program and keeps its sessions",
            "wiki: the server keeps sessions (it returned Mcp-Session-Id)",
        ]);
        found.Next.ShouldBe([
            "Ask an administrator to run: culvert tunnel update tnl_010000000000000000000001 --affinity hostname",
            "or serve these routes in a tunnel of their own (docs/edge.md, \"Several agents\")",
        ]);
    }

    [Fact]
    public void Client_ServersWithoutSessions_Passes()
    {
        var found = AffinityCheck.Check(
            Tunnel(TunnelAffinity.Client),
            [Http("docs", Stateless), Http("wiki", Unknown)]
        );

        found.Status.ShouldBe(DoctorStatus.Pass);
        found.Summary.ShouldBe("Affinity client: no route is known to keep sessions.");
        found.Evidence.ShouldBe(["wiki: the probe did not show whether the server keeps sessions"]);
    }

    [Fact]
    public void Hostname_RoutesThatKeepSessions_Passes()
    {
        var found = AffinityCheck.Check(
            Tunnel(TunnelAffinity.Hostname),
            [("files", StdioFixture.Settings(), Stateless), Http("wiki", Legacy)]
        );

        found.Status.ShouldBe(DoctorStatus.Pass);
        found.Summary.ShouldBe("Affinity hostname: all calls of a hostname reach the same agent.");
    }

    [Fact]
    public void ServiceThatDoesNotSay_IsNoWarning()
    {
        foreach (var tunnel in new[] { null, Tunnel(null) })
        {
            var found = AffinityCheck.Check(tunnel, [("files", StdioFixture.Settings(), Stateless)]);

            found.Status.ShouldBe(DoctorStatus.Skip);
            found.Summary.ShouldBe("The service has not reported the tunnel's affinity.");
        }
    }

    private AgentFeedTunnel Tunnel(string? affinity) => scene.Feed().Tunnel with { Affinity = affinity };

    private static (string, UpstreamSettings, ProbeState) Http(string name, ProbeState state) =>
        (name, Support.Tunnel.UpstreamTo(1), state);
}
