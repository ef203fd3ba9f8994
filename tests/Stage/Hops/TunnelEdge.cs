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

    public TunnelEdge(RunDirectory run, PortPlan ports, TimeProvider time)
    {
        (this.run, this.ports, this.time) = (run, ports, time);
        Health = new HealthProbe(ports.EdgeHealth);
        Process = new ProgramProcess(
            new ProgramCommand(
                Name,
                Path.Combine(run.Binaries, Name),
                ["run", "--config", run.File(Name, "edge.yaml")],
                new Dictionary<string, string>
                {
                    // A relay does little per readable socket: completing on the polling thread saves a hop to the pool,
                    // and spinning pool threads would take the cores that its neighbours on this machine need.
                    ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                    ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
                },
                run.Path
            ),
            run.LogFile(Name),
            time
        );
    }

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
        CancellationToken cancellationToken
    )
    {
        run.Folder(Name);
        return File.WriteAllTextAsync(
            run.File(Name, "edge.yaml"),
            $$"""
            config_version: 1
            edge_id: {{edgeId}}
            state_dir: state
            {{identity.ToYaml()}}
            agents: {listen: {{Loopback.Listen(ports.Agents)}}, advertise: ["{{advertised}}"]}
            sni: {listen: {{Loopback.Listen(ports.Sni)}}, public_port: {{ports.Sni}}}
            health: {listen: ["127.0.0.1:{{ports.EdgeHealth}}"]}
            drain_timeout: 2s
            {{Limits(clientsPerSecond)}}

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
