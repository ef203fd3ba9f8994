using System.Net;
using System.Net.Security;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Testing;
using Culvert.Testing.Faults;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>The real programs with paths between them that can be bad, and an MCP server that counts its calls.</summary>
public class FaultSystem : RunningSystem
{
    /// <summary>How long the server may think before the agent says that it said nothing.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(40);

    /// <param name="agents">Between agent and edge.</param>
    /// <param name="upstream">Between agent and MCP server.</param>
    /// <param name="directPort">Where the MCP server listens that agents reach without a path; 0 = they use the paths.</param>
    private protected FaultSystem(FaultRelay agents, FaultRelay upstream, int directPort)
        : base(
            new InstallationOptions
            {
                ManualTunnel = false,
                ExchangesPerSecond = 1000,
                AgentAddress = directPort == 0 ? agents.EndPoint.ToString() : null,
                Upstream =
                    directPort == 0
                        ? new Uri($"http://{upstream.EndPoint}")
                        : new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", directPort).Uri,
                UpstreamSettings = [$"timeouts: {{response_headers: {HeadersTimeout.TotalSeconds}s}}"],
                AgentEnvironment = new Dictionary<string, string>
                {
                    ["CULVERT_AGENT__TUNNEL__MAX_STREAMS"] = "8192", // two connections of them bring 10,000 and more
                    ["CULVERT_AGENT__TUNNEL__MAX_CONNECTIONS"] = "12000",
                },
            },
            areTapped: directPort == 0
        )
    {
        (AgentPath, UpstreamPath) = (agents, upstream);
        AgentPath.Target = new IPEndPoint(IPAddress.Loopback, Installation.Ports.Agents);
        ClientPath = new FaultRelay(Soak.SeedOr(3)) { Target = Ingress };
        Upstream = new CountingUpstream(Checkout.Find(), Installation.Run, directPort);
    }

    public FaultSystem()
        : this(new FaultRelay(Soak.SeedOr(1)), new FaultRelay(Soak.SeedOr(2)), directPort: 0) { }

    /// <summary>Between agent and edge.</summary>
    internal FaultRelay AgentPath { get; }

    /// <summary>Between agent and MCP server.</summary>
    internal FaultRelay UpstreamPath { get; }

    /// <summary>Between clients that want it and the edge.</summary>
    internal FaultRelay ClientPath { get; }

    internal CountingUpstream Upstream { get; }

    /// <summary>How a client of the route shakes hands; one for all connections.</summary>
    internal SslClientAuthenticationOptions ClientTls { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Installation.Run.Create();
        await StartUpstreamAsync(CancellationToken.None);
        await base.InitializeAsync();
        ClientTls = new SslClientAuthenticationOptions
        {
            TargetHost = Installation.Endpoint.Host,
            CertificateChainPolicy = McpCaller.TrustOnly(Installation.Record.Tunnel.TrustBundle),
        };
    }

    internal async Task StartUpstreamAsync(CancellationToken cancellationToken) =>
        UpstreamPath.Target = await Upstream.StartAsync(cancellationToken);

    protected override async ValueTask ReleaseAsync()
    {
        await Upstream.DisposeAsync();
        await AgentPath.DisposeAsync();
        await UpstreamPath.DisposeAsync();
        await ClientPath.DisposeAsync();
    }
}
