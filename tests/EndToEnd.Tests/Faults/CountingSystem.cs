using System.Net;
using System.Net.Security;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>The real programs, and an MCP server that counts its calls.</summary>
public abstract class CountingSystem : RunningSystem
{
    /// <summary>How long the server may take before the agent reports that it did not respond.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(40);

    private static readonly Dictionary<string, string> NoEnvironment = [];

    /// <param name="agentAddress">Where agents find the edge; null = where it listens.</param>
    /// <param name="upstream">Where agents find the MCP server.</param>
    /// <param name="upstreamPort">Where that listens; 0 = on another port each time.</param>
    /// <param name="serviceDescriptors">How many descriptors the identity service may hold; null = as many as this process.</param>
    /// <param name="routeSettings">More of the route, a key to a line.</param>
    /// <param name="agentEnvironment">More of the agent's environment.</param>
    private protected CountingSystem(
        string? agentAddress,
        IPEndPoint upstream,
        int upstreamPort,
        int? serviceDescriptors = null,
        IReadOnlyList<string>? routeSettings = null,
        IReadOnlyDictionary<string, string>? agentEnvironment = null
    )
        : base(
            new InstallationOptions
            {
                ManualTunnel = false,
                ExchangesPerSecond = 1000,
                HandshakeTimeout = TimeSpan.FromSeconds(60), // hundreds of clients of one process, on a machine that may pause
                AgentAddress = agentAddress,
                ServiceDescriptors = serviceDescriptors,
                Upstream = new Uri($"http://{upstream}"),
                UpstreamSettings = [$"timeouts: {{response_headers: {HeadersTimeout.TotalSeconds}s}}"],
                RouteSettings = new Dictionary<string, IReadOnlyList<string>>
                {
                    [TunnelAgent.Route] = routeSettings ?? [],
                },
                AgentEnvironment = new Dictionary<string, string>(agentEnvironment ?? NoEnvironment)
                {
                    ["CULVERT_AGENT__TUNNEL__MAX_STREAMS"] = "8192", // two connections of them bring 10,000 and more
                    ["CULVERT_AGENT__TUNNEL__MAX_CONNECTIONS"] = "12000",
                },
            },
            areTapped: false
        )
    {
        Upstream = new CountingUpstream(Checkout.Find(), Installation.Run, upstreamPort);
    }

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

    internal virtual Task StartUpstreamAsync(CancellationToken cancellationToken) =>
        Upstream.StartAsync(cancellationToken);

    protected override ValueTask ReleaseAsync() => Upstream.DisposeAsync();
}
