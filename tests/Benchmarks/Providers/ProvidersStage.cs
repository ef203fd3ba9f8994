using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;
using Culvert.Testing.LongPoll;

namespace Culvert.Benchmarks.Providers;

/// <summary>
/// The complete system as real processes, shipped programs included, whose agent serves its route in three ways: through the
/// own edge, through a provider's control plane, and to a provider's connector. All end at the same MCP server.
/// </summary>
internal sealed class ProvidersStage : IAsyncDisposable
{
    private const int ClientsPerSecond = 100_000;

    /// <summary>More than any row has under way.</summary>
    private const int MostCalls = 8_192;

    /// <summary>One caller gets three quarters of them.</summary>
    private const int MostConnections = 2 * MostCalls;

    private const string ConnectorDomain = "bench.tunnel.example.com";

    private readonly Installation installation;
    private readonly PortPlan spare;
    private readonly RunDirectory run;
    private ChildServer? server;
    private ChildServer? poller;

    private ProvidersStage(Installation installation, RunDirectory run, PortPlan spare) =>
        (this.installation, this.run, this.spare) = (installation, run, spare);

    public Installation Installation => installation;

    public LoadedControlPlane Plane { get; private set; } = null!;

    /// <summary>Another control plane, of which a <see cref="BarePoller"/> is the agent.</summary>
    public LoadedControlPlane BarePlane { get; private set; } = null!;

    /// <summary>Through the own edge.</summary>
    public LoadTarget Through { get; private set; } = null!;

    /// <summary>To the listener for connectors, by WebSocket or by TCP.</summary>
    public LoadTarget Connector { get; private set; } = null!;

    public int AgentPid => installation.Agent.Process.Stamp.Pid;

    public int UpstreamPid => server!.Pid;

    /// <summary>The section that makes an agent serve the tunnel of the control plane.</summary>
    public required string LongPollSection { get; init; }

    public static async Task<ProvidersStage> StartAsync(
        Checkout checkout,
        string folder,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var run = new RunDirectory(folder, time);
        run.Create();
        var (ports, spare) = (PortProbe.FreeBlock(), PortProbe.FreeBlock());
        var certificates = run.Folder("bench");
        var longPoll = DescribeLongPoll(certificates, spare);
        var installation = new Installation(
            checkout,
            run,
            ports,
            new InstallationOptions
            {
                ManualTunnel = false,
                DangerousOpenRoute = true,
                Upstream = new Uri($"http://127.0.0.1:{spare.Api}"),
                UpstreamSettings = [$"max_connections: {MostConnections}"],
                ClientsPerSecond = ClientsPerSecond,
                Published = true,
                AgentSections = $"{longPoll}\n{DescribeConnector(certificates, spare)}",
            },
            new StepReporter(TextWriter.Null, time),
            time
        );
        var stage = new ProvidersStage(installation, run, spare) { LongPollSection = longPoll };
        try
        {
            await stage.StartAsync(certificates, time, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets all calls with the argument <see cref="EchoUpstream.Held"/> end.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        await client.GetStringAsync(
            new Uri($"http://127.0.0.1:{spare.Api}{EchoUpstream.ReleasePath}"),
            cancellationToken
        );
    }

    /// <summary>A second agent of the same tunnels' owner, which is the caller's to stop.</summary>
    /// <param name="sections">Further sections of its file.</param>
    /// <param name="time">The clock of what waits.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public async Task<TunnelAgent> StartSecondAsync(
        string sections,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var agent = new TunnelAgent("tunnel-agent-2", run, installation.Ports.ManualAgentHealth, time)
        {
            Sections = sections,
        };
        await agent.ConfigureAsync(
            installation.Federated(installation.Record.AgentRuleId, IdentityProvider.AgentClient).ToYaml(),
            installation.Record.Tunnel.Id,
            certificates: "",
            new Dictionary<string, Uri> { [TunnelAgent.Route] = new($"http://127.0.0.1:{spare.Api}") },
            origins: [],
            areMcp: false,
            issuer: null,
            cancellationToken
        );
        agent.Start();
        await agent.WaitAsync(cancellationToken);
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        await installation.StopAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        await (poller?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (BarePlane?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Plane?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static string DescribeLongPoll(string certificates, PortPlan spare) =>
        $$"""
            tunnels:
              - kind: long_poll
                base_url: https://localhost:{{spare.Machine}}
                tunnel_id: {{TunnelCommands.TunnelId}}
                api_key: "file:{{Path.Combine(certificates, "api-key")}}"
                ca_file: "{{Path.Combine(certificates, "ca.pem")}}"
                channels: { main: { route: {{TunnelAgent.Route}} } }
                max_commands: {{MostCalls}}
                poll_timeout: 5s
            """;

    private static string DescribeConnector(string certificates, PortPlan spare) =>
        $$"""
              - kind: connector
                listen: 127.0.0.1:{{spare.Sni}}
                tunnel_domain: {{ConnectorDomain}}
                routes: [{{TunnelAgent.Route}}]
                certificate_file: "{{Path.Combine(certificates, "connector.pem")}}"
                key_file: "{{Path.Combine(certificates, "connector.key")}}"
            """;

    private async Task StartAsync(string certificates, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = $"{TunnelAgent.Route}.{ConnectorDomain}";
        await OpenSsl.CreateRootAsync(certificates, "ca", "/CN=Bench", cancellationToken);
        await OpenSsl.IssueServerAsync(certificates, "plane", "ca", ["DNS:localhost"], cancellationToken);
        await OpenSsl.IssueServerAsync(certificates, "connector", "ca", [$"DNS:{host}"], cancellationToken);
        await PrivateFile.WriteAsync(Path.Combine(certificates, "api-key"), "bench-key", cancellationToken);
        Plane = await StartPlaneAsync(spare.Machine);
        BarePlane = await StartPlaneAsync(spare.Agents);
        server = await ChildServer.StartAsync(EchoUpstream.Kind, spare.Api, certificates, cancellationToken);
        poller = await ChildServer.StartAsync(
            BarePoller.Kind,
            spare.EdgeHealth,
            certificates,
            cancellationToken,
            $"{spare.Agents}",
            Path.Combine(certificates, "ca.pem"),
            $"{spare.Api}"
        );
        await installation.CreateAsync(cancellationToken);
        var tunnel = installation.Record.Tunnel;
        Through = LoadTarget.Of($"{TunnelAgent.Route}.{tunnel.Domain}", installation.Ports.Sni, tunnel.TrustBundle);
        Connector = LoadTarget.Of(host, spare.Sni, Path.Combine(certificates, "ca.pem"));

        Task<LoadedControlPlane> StartPlaneAsync(int port) =>
            LoadedControlPlane.StartAsync(
                port,
                Path.Combine(certificates, "plane.pem"),
                Path.Combine(certificates, "plane.key"),
                time,
                cancellationToken
            );
    }
}
