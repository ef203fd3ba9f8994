using Culvert.Stage.Ports;
using Culvert.Stage.Processes;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>The blind relay, bootstrapped by its own federated identity.</summary>
internal sealed class TunnelEdge
{
    public const string Name = Programs.TunnelEdge;

    private readonly RunDirectory run;
    private readonly PortPlan ports;
    private readonly TimeProvider time;

    private readonly string name;

    /// <param name="run">For its files.</param>
    /// <param name="ports">Its own are those of agents, clients and health.</param>
    /// <param name="time">The clock.</param>
    /// <param name="name">Of its folder and log, where several run.</param>
    public TunnelEdge(RunDirectory run, PortPlan ports, TimeProvider time, string name = Name)
    {
        (this.run, this.ports, this.time, this.name) = (run, ports, time, name);
        Health = new HealthProbe(ports.EdgeHealth);
        Process = new ProgramProcess(
            new ProgramCommand(
                name,
                Path.Combine(run.Binaries, Name),
                ["run", "--config", run.File(name, "edge.yaml")],
                Runtime,
                run.Path
            ),
            run.LogFile(name),
            time
        );
    }

    /// <summary>
    /// As an edge is deployed. A relay does little per readable socket: completing on the polling thread saves a hop to the
    /// pool, and spinning pool threads would take the cores that its neighbours on this machine need.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Runtime { get; } =
        new Dictionary<string, string>
        {
            ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
            ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        };

    /// <summary>How long clients and agents may end what runs when it stops.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(2);

    public ProgramProcess Process { get; }

    public HealthProbe Health { get; }

    /// <summary>Where agents dial it, as registered.</summary>
    public string AgentAddress => $"127.0.0.1:{ports.Agents}";

    /// <summary>Where clients reach it.</summary>
    public string Ingress => $"127.0.0.1:{ports.Sni}";

    public Task ConfigureAsync(
        string edgeId,
        FederatedIdentity identity,
        string advertised,
        int? clientsPerSecond,
        CancellationToken cancellationToken,
        string more = "",
        int? publicPort = null,
        string settle = "0s",
        TimeSpan? handshakeTimeout = null
    )
    {
        run.Folder(name);
        var handshake = handshakeTimeout is { } limit ? $", handshake_timeout: {limit.TotalSeconds}s" : "";
        return File.WriteAllTextAsync(
            run.File(name, "edge.yaml"),
            $$"""
            config_version: 1
            edge_id: {{edgeId}}
            state_dir: state
            {{identity.ToYaml()}}
            agents: {listen: {{Loopback.Listen(ports.Agents)}}, advertise: ["{{advertised}}"], settle: {{settle}}}
            sni: {listen: {{Loopback.Listen(ports.Sni)}}, public_port: {{publicPort ?? ports.Sni}}{{handshake}}}
            health: {listen: ["127.0.0.1:{{ports.EdgeHealth}}"]}
            drain_timeout: {{DrainTimeout.TotalSeconds}}s
            {{Limits(clientsPerSecond)}}
            {{(more.Contains("connect:", StringComparison.Ordinal) ? "" : "connect: {listen: []}")}}
            {{more}}

            """,
            cancellationToken
        );
    }

    private static string Limits(int? clientsPerSecond) =>
        clientsPerSecond is { } rate
            ? $"clients: {{new_per_source: {rate}/1s, per_source: 20000}}\ntunnel_defaults: {{new_connections: {rate}/1s}}"
            : "";

    public void Start() => Process.Start();

    public Task WaitAsync(CancellationToken cancellationToken) =>
        Readiness.UntilAsync(Process, Health.ObstacleAsync, TimeSpan.FromSeconds(60), time, cancellationToken);
}
