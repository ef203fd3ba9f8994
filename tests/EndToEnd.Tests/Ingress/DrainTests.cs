using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Ingress;

/// <summary>
/// W12, W13: two edges behind a real TCP balancer and two agents behind both. Whichever of them is drained, and however,
/// no call of a steady stream fails: of clients that keep their connection and of clients that open one for each call. Nor
/// does one when the tunnel is assigned to other edges (S6).
/// </summary>
[Collection(IngressSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class DrainTests(IngressSystem system) : SystemTest(system)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    // Longer than two of the balancer's health checks on a machine that is busy with other tests.
    private const string Settings = """
        drain_delay: 3s
        proxy_protocol: {required: true, trusted_proxies: [127.0.0.1/32]}
        """;

    [Fact]
    public async Task Drain_OfAnEdgeOrAnAgentUnderCalls_LosesNoCall()
    {
        var ports = (PortProbe.FreeBlock(), PortProbe.FreeBlock());
        var (one, two) = (Edge("tunnel-edge-2", ports.Item1), Edge("tunnel-edge-3", ports.Item2));
        var agent = new TunnelAgent(
            "tunnel-agent-2",
            Installation.Run,
            ports.Item1.ManualAgentHealth,
            TimeProvider.System
        );
        string[] ids = [];
        try
        {
            ids = await StartEdgesAsync((one, ports.Item1), (two, ports.Item2));
            await StartAgentAsync(agent);
            await UntilConnectedAsync(ports.Item1);
            await UntilConnectedAsync(ports.Item2);
            await using var balancer = new Balancer(
                Installation.Run.Folder(Balancer.Name),
                Installation.Run.LogFile(Balancer.Name),
                TimeSpan.FromMilliseconds(300),
                TimeProvider.System,
                new BalancedPort(
                    "clients",
                    ports.Item1.McpServer,
                    SendProxy: true,
                    (ports.Item1.Sni, ports.Item1.EdgeHealth),
                    (ports.Item2.Sni, ports.Item2.EdgeHealth)
                )
            );
            balancer.Start();
            await using var load = CallLoad.Start(System, keeping: 3, reconnecting: 2, balancer.EndPoint);
            await GoodCallAsync(load);
            var before = load.Outcomes.Count(o => o.Error is not null); // the balancer's first check of its servers

            await OperatorDrainsAsync(ids[0], one, ports.Item1);
            await GoodCallAsync(load);

            // One of two is drained: the other is one that the balancer knows.
            await UntilAsync(() => balancer.SeesAllAsync(Cancel), "the balancer sees both edges", Limit);
            await SystemStopsAsync(two.Process, two.Start);
            await two.WaitAsync(Cancel);
            await UntilConnectedAsync(ports.Item2);
            await GoodCallAsync(load);
            foreach (var leaving in (TunnelAgent[])[agent, Installation.Agent, agent])
            {
                await SystemStopsAsync(leaving.Process, leaving.Start);
                await leaving.WaitAsync(Cancel);
                await UntilConnectedAsync(ports.Item1);
                await UntilConnectedAsync(ports.Item2);
                await GoodCallAsync(load);
            }

            // From both edges to one: the balancer still sends clients to the other, as old DNS records would.
            await PinAsync(ids[1]);
            await UntilAsync(
                async () => (await AssignedAsync()).SequenceEqual([ids[1]]),
                "one edge is assigned",
                Limit
            );
            await GoodCallAsync(load);
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancel);
            await GoodCallAsync(load);
            (await ConnectionsAsync(ports.Item1)).ShouldBeGreaterThanOrEqualTo(
                4,
                "the edge that lost the tunnel serves it"
            );

            var outcomes = load.Outcomes;
            Figure($"drains of edges and agents: {outcomes.Count} calls");
            outcomes.Skip(before).Where(o => o.Error is not null).Select(o => o.Error).ShouldBeEmpty();
        }
        finally
        {
            foreach (var id in ids)
            {
                await Installation.Operator.RunAsync($"edge archive {id}", CancellationToken.None, "--yes");
            }

            if (ids.Length > 0)
            {
                await PinAsync("none");
            }

            Installation.RecordProcesses();
            foreach (var process in (ProgramProcess[])[agent.Process, one.Process, two.Process])
            {
                if (process.IsAlive)
                {
                    await process.StopAsync(TimeSpan.FromSeconds(15), CancellationToken.None);
                }
            }
        }
    }

    /// <summary>Drained from afar, then stopped as for an update, started, and taken into service again.</summary>
    private async Task OperatorDrainsAsync(string id, TunnelEdge edge, PortPlan ports)
    {
        await Installation.Operator.RunAsync($"edge drain {id}", Cancel, "--reason", "update");
        await UntilAsync(async () => await ConnectionsAsync(ports) == 0, "no agent is left at the edge", Limit);
        await SystemStopsAsync(edge.Process, edge.Start);
        await Installation.Operator.RunAsync($"edge resume {id}", Cancel);
        await edge.WaitAsync(Cancel);
        await UntilConnectedAsync(ports);
    }

    private static async Task SystemStopsAsync(ProgramProcess process, Action start)
    {
        await process.StopAsync(TimeSpan.FromSeconds(60), Cancel);
        process.ExitCode.ShouldBe(0);
        start();
    }

    private async Task<string[]> StartEdgesAsync(params (TunnelEdge Edge, PortPlan Ports)[] edges)
    {
        var ids = new List<string>();
        foreach (var (edge, _) in edges)
        {
            ids.Add(
                await Installation.Operator.CreateAsync(
                    $"edge create {edge.Process.Name}",
                    Cancel,
                    "--address",
                    edge.AgentAddress,
                    "--dns-name",
                    "localhost"
                )
            );
        }

        var account = await Installation.Operator.CreateAsync("service-account create more-edges", Cancel);
        var record = Installation.Record;
        string[] whose =
        [
            "--issuer",
            record.IssuerId,
            "--service-account",
            account,
            "--subject",
            IdentityProvider.EdgeClient,
        ];
        var rule = await Installation.Operator.CreateAsync(
            "rule create more-edges",
            Cancel,
            [
                "--workspace",
                record.WorkspaceId,
                "--life",
                "15m",
                "--scope",
                "edge:serve",
                .. whose,
                .. ids.SelectMany(id => new[] { "--edge", id }),
            ]
        );
        // An edge is ready when its agents are connected, and they connect to an edge that has their tunnel.
        await PinAsync([.. ids]);
        for (var i = 0; i < edges.Length; i++)
        {
            await edges[i]
                .Edge.ConfigureAsync(
                    ids[i],
                    Installation.Federated(rule, IdentityProvider.EdgeClient),
                    edges[i].Edge.AgentAddress,
                    clientsPerSecond: 10_000,
                    Cancel,
                    Settings,
                    Installation.Ports.Sni, // clients name one port, whichever edge the balancer chooses
                    settle: "60s"
                );
            edges[i].Edge.Start();
            await edges[i].Edge.WaitAsync(Cancel);
        }

        return [.. ids];
    }

    private async Task StartAgentAsync(TunnelAgent agent)
    {
        var record = Installation.Record;
        await agent.ConfigureAsync(
            Installation.Federated(record.AgentRuleId, IdentityProvider.AgentClient).ToYaml(),
            record.Tunnel.Id,
            certificates: "",
            new Dictionary<string, Uri> { [TunnelAgent.Route] = Installation.McpServer.Upstream },
            [],
            areMcp: false,
            Installation.IdentityProvider,
            Cancel
        );
        agent.Start();
        await agent.WaitAsync(Cancel);
    }

    private TunnelEdge Edge(string name, PortPlan ports) => new(Installation.Run, ports, TimeProvider.System, name);

    private Task PinAsync(params string[] edges) =>
        Installation.Operator.RunAsync(
            $"tunnel update {Installation.Record.Tunnel.Id}",
            CancellationToken.None,
            [.. edges.SelectMany(edge => new[] { "--edge", edge })]
        );

    private async Task<IEnumerable<string>> AssignedAsync()
    {
        var tunnel = await Installation.Operator.RunAsync($"tunnel show {Installation.Record.Tunnel.Id}", Cancel);
        return tunnel.GetProperty("assigned_edge_ids").EnumerateArray().Select(id => id.GetString()!);
    }

    private static async Task GoodCallAsync(CallLoad load) =>
        await load.FirstGoodCallAsync(TimeProvider.System.GetUtcNow(), Limit, Cancel);

    /// <summary>Both agents, with both of their connections.</summary>
    private static Task UntilConnectedAsync(PortPlan ports) =>
        UntilAsync(async () => await ConnectionsAsync(ports) >= 4, "both agents are connected", Limit);

    /// <summary>Agents' connections, as the edge itself counts them.</summary>
    private static Task<double> ConnectionsAsync(PortPlan ports) =>
        MetricAsync(ports.EdgeHealth, "culvert_edge_agent_connections");
}
