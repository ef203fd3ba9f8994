using System.Globalization;
using System.Net;
using Culvert.Machine.Client.Access;
using Culvert.Platform.Certificates;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Ingress;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks.Servers;

/// <summary>The data path of an edge alone, with as many tunnels as wanted and no service behind it.</summary>
internal static class BareEdge
{
    public const string Kind = "edge";

    private const string TrustFile = "root.pem";
    private const string CertificateFile = "edge.pem";
    private const string KeyFile = "edge.key";

    public static string TunnelId(int number) => $"tnl_{number:d24}";

    public static string Domain(int number) => $"t{number}.tunnel.test";

    /// <summary>What the edge proves itself with, and whom it believes.</summary>
    public static void WriteFiles(TestPlatform platform, string folder)
    {
        var identity = platform.Edge();
        File.WriteAllText(Path.Combine(folder, TrustFile), platform.TrustPem);
        File.WriteAllText(Path.Combine(folder, CertificateFile), identity.ExportCertificatesPem());
        File.WriteAllText(Path.Combine(folder, KeyFile), identity.ExportPrivateKeyPem());
    }

    /// <param name="arguments">Port of clients, port of agents, number of tunnels, folder of <see cref="WriteFiles"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var numbers = arguments[..3].Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToArray();
        var folder = arguments[3];
        var pem = await File.ReadAllTextAsync(Path.Combine(folder, TrustFile), cancellationToken);
        if (!PlatformTrust.TryCreate(TestPlatform.TrustDomain, pem, out var trust))
        {
            throw new InvalidDataException($"{TrustFile} is no root.");
        }

        var state = new EdgeState(() => TimeProvider.System.GetUtcNow());
        state.Use(
            KeyAndCertificate.FromPem(
                await File.ReadAllTextAsync(Path.Combine(folder, CertificateFile), cancellationToken),
                await File.ReadAllTextAsync(Path.Combine(folder, KeyFile), cancellationToken)
            )
        );
        state.Use(EdgeSnapshot.From(Feed(numbers[2]), trust));
        await using var server = EdgeServer.Start(
            Settings(numbers[0], numbers[1]),
            state,
            TimeProvider.System,
            NullLoggerFactory.Instance
        );
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private static EdgeFeed Feed(int tunnels) =>
        new()
        {
            Revision = 1,
            Edge = new EdgeFeedEdge(Id: "edge_01", Name: "edge-1", Addresses: [], DnsNames: []),
            PlatformBundle = new BundleDocument(Epoch: 1, Pem: ""),
            Tunnels =
            [
                .. Enumerable
                    .Range(0, tunnels)
                    .Select(i => new EdgeFeedTunnel(
                        Id: TunnelId(i),
                        Domain: Domain(i),
                        OrganizationId: TestPlatform.Organization,
                        WorkspaceId: "wrkspc_01",
                        Status: TunnelStatus.Active,
                        ClientSourceRanges: ["127.0.0.0/8"],
                        AgentSourceRanges: []
                    )),
            ],
            RevokedSerials = [],
            RevokedEnrolments = [],
        };

    private static EdgeSettings Settings(int clients, int agents) =>
        new()
        {
            EdgeId = "edge_01",
            StateDirectory = "",
            Identity = new IdentityOptions { Url = new Uri("https://identity.test") },
            Agents = new AgentOptions { Listen = [new IPEndPoint(IPAddress.Loopback, agents)] },
            Sni = new SniOptions { Listen = [new IPEndPoint(IPAddress.Loopback, clients)] },
            TunnelDefaults = new TunnelLimits(1000, new(1000, TimeSpan.FromSeconds(1))),
            DrainTimeout = TimeSpan.FromSeconds(5),
            Health = new HealthOptions { Listen = [] },
            Log = new LogOptions(),
        };
}
