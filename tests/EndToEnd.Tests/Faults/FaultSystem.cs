using System.Net;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Testing;
using Culvert.Testing.Faults;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>That system with paths between its programs that can be bad, and an identity service of few descriptors.</summary>
public sealed class FaultSystem : CountingSystem
{
    /// <summary>How many its identity service may hold.</summary>
    public const int ServiceDescriptors = 2_000;

    public FaultSystem()
        : this(new FaultRelay(Soak.SeedOr(1), port: TestRun.AgentSide.Port), new FaultRelay(Soak.SeedOr(2))) { }

    private FaultSystem(FaultRelay agents, FaultRelay upstream)
        : base(agents.EndPoint.ToString(), upstream.EndPoint, upstreamPort: 0, ServiceDescriptors)
    {
        (AgentPath, UpstreamPath) = (agents, upstream);
        AgentPath.Target = new IPEndPoint(IPAddress.Loopback, Installation.Ports.Agents);
        ClientPath = new FaultRelay(Soak.SeedOr(3)) { Target = Ingress };
    }

    /// <summary>Between agent and edge.</summary>
    internal FaultRelay AgentPath { get; }

    /// <summary>Between agent and MCP server.</summary>
    internal FaultRelay UpstreamPath { get; }

    /// <summary>Between clients that want it and the edge.</summary>
    internal FaultRelay ClientPath { get; }

    internal override async Task StartUpstreamAsync(CancellationToken cancellationToken) =>
        UpstreamPath.Target = await Upstream.StartAsync(cancellationToken);

    protected override async ValueTask ReleaseAsync()
    {
        await base.ReleaseAsync();
        await AgentPath.DisposeAsync();
        await UpstreamPath.DisposeAsync();
        await ClientPath.DisposeAsync();
    }
}
