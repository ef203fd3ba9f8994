using Culvert.Stage.Ports;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>What a highly available installation has besides one of each: the second node and edge, two agents, the balancer.</summary>
internal sealed class SeveralParts
{
    /// <summary>
    /// Of edges and agents that stop while others serve. A call that had begun ends within it also where the machine does
    /// not let any program run for seconds.
    /// </summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    private readonly TimeProvider time;

    public SeveralParts(RunDirectory run, PortPlan ports, HaPorts ha, TimeProvider time)
    {
        this.time = time;
        SecondService = new IdentityService(
            run,
            ports,
            time,
            new ServiceNode("identity-service-2", "node-2", ha.SecondApi, ha.SecondMachine, ha.SecondHealth)
        );
        SecondEdge = new TunnelEdge(
            run,
            ports with
            {
                Sni = ha.SecondSni,
                Agents = ha.SecondAgents,
                EdgeHealth = ha.SecondEdgeHealth,
            },
            time,
            "tunnel-edge-2"
        )
        {
            DrainTimeout = DrainTimeout,
        };
        Agents =
        [
            new TunnelAgent("tunnel-agent-2", run, ports.ManualAgentHealth, time) { DrainTimeout = DrainTimeout },
            new TunnelAgent("tunnel-agent-3", run, ha.ThirdAgentHealth, time) { DrainTimeout = DrainTimeout },
        ];
        Balancer = new Balancer(
            run.File(Balancer.Name),
            run.LogFile(Balancer.Name),
            CheckEvery,
            time,
            new BalancedPort(
                "api",
                ports.Api,
                SendProxy: true,
                (ha.FirstApi, ports.ServiceHealth),
                (ha.SecondApi, ha.SecondHealth)
            ),
            new BalancedPort(
                "machines",
                ports.Machine,
                SendProxy: true,
                (ha.FirstMachine, ports.ServiceHealth),
                (ha.SecondMachine, ha.SecondHealth)
            ),
            new BalancedPort(
                "clients",
                ports.Sni,
                SendProxy: true,
                (ha.FirstSni, ports.EdgeHealth),
                (ha.SecondSni, ha.SecondEdgeHealth)
            )
        );
    }

    public IdentityService SecondService { get; }

    public TunnelEdge SecondEdge { get; }

    /// <summary>The second and the third of the first tunnel.</summary>
    public IReadOnlyList<TunnelAgent> Agents { get; }

    public Balancer Balancer { get; }

    public IEnumerable<ProgramProcess> Processes =>
        [SecondService.Process, Balancer.Process, SecondEdge.Process, .. Agents.Select(agent => agent.Process)];

    /// <summary>
    /// Edges and agents, and that the balancer has seen them: it asks once a second, and until it has found an edge ready it
    /// turns clients away. The service is waited for where it is started.
    /// </summary>
    /// <param name="firstEdge">The one that is not among these parts.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task WaitAsync(TunnelEdge firstEdge, CancellationToken cancellationToken)
    {
        foreach (var agent in Agents)
        {
            await agent.WaitAsync(cancellationToken);
        }

        await firstEdge.WaitAsync(cancellationToken);
        await SecondEdge.WaitAsync(cancellationToken);
        await UntilBalancedAsync(cancellationToken);
    }

    /// <summary>Until the balancer has found each of its servers ready.</summary>
    public Task UntilBalancedAsync(CancellationToken cancellationToken) =>
        Readiness.UntilAsync(
            Balancer.Process,
            async token => await Balancer.SeesAllAsync(token) ? "" : "a server of its own is not ready for it",
            TimeSpan.FromSeconds(30),
            time,
            cancellationToken
        );

    public Task WaitForBalancerAsync(int port, CancellationToken cancellationToken) =>
        Readiness.UntilListeningAsync(Balancer.Process, port, TimeSpan.FromSeconds(30), time, cancellationToken);
}
