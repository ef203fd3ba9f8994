using System.Net;
using System.Net.Sockets;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <summary>
/// Whatever one part of several does, ends or suffers: established calls that need not fail do not, every grant is in the
/// audit, no serial is given twice, and an assertion is worth one token in the whole installation.
/// </summary>
[Collection(HaSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class HighAvailabilityTests(HaSystem system) : SystemTest(system)
{
    private const int Keeping = 2;
    private const int Reconnecting = 1;
    private const int Clients = Keeping + Reconnecting;

    /// <summary>Three agents with both of their connections.</summary>
    private const int AgentConnections = 6;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private SeveralParts Several => system.Several;

    [Fact]
    [Trait("Attack", "A19")]
    public async Task Exchange_OneAssertionAtBothNodesAtOnce_IsGrantedOnce()
    {
        var header = ProxyHeaders.Sending(ProxyHeaders.From("192.0.2.7"));
        using var first = system.Exchanger.Client(Installation.Service.OwnUrl, header);
        using var second = system.Exchanger.Client(Several.SecondService.OwnUrl, header);

        for (var round = 0; round < 50; round++)
        {
            var assertion = system.Exchanger.NextAssertion();
            var answers = await Task.WhenAll(
                new[] { first, second, first, second }.Select(client =>
                    Task.Run(() => system.Exchanger.SendAsync(client, assertion, Cancel))
                )
            );

            answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
            answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(3);
            answers.ToList().ForEach(answer => answer.Dispose());
        }
    }

    // The service knows both hosts, although haproxy makes every connection.
    [Fact]
    public async Task BadKeysOfOneHost_DoNotTouchAnother()
    {
        var url = new Uri(Installation.Service.PublicUrl);
        using var bad = system.Exchanger.Client(url, ConnectFrom("127.0.0.2"));
        using var good = system.Exchanger.Client(url, ConnectFrom("127.0.0.3"));
        bad.DefaultRequestHeaders.Authorization = new("Bearer", "clv_adm_x");
        good.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            (await File.ReadAllTextAsync(Installation.Service.AdminKeyFile, Cancel)).Trim()
        );
        for (var failed = 0; failed < 11; failed++)
        {
            using var refused = await bad.GetAsync("/v1/organizations/current", Cancel);
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        using var accepted = await good.GetAsync("/v1/organizations/current", Cancel);
        using var granted = await system.Exchanger.SendAsync(good, system.Exchanger.NextAssertion(), Cancel);

        (accepted.StatusCode, granted.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        (await good.GetStringAsync("/v1/audit", Cancel)).ShouldContain("\"ip_address\":\"127.0.0.3\"");
    }

    [Fact]
    public async Task Nodes_WithoutTheBalancersHeader_CloseTheConnection()
    {
        using var direct = system.Exchanger.Client(Installation.Service.OwnUrl);

        await Should.ThrowAsync<HttpRequestException>(() => direct.GetAsync("/v1/platform_ca", Cancel));
    }

    [Fact]
    public async Task Rolling_RestartOfEveryPart_FailsNothing()
    {
        await using var watch = await WatchAsync();

        var row = await watch.RowAsync(
            "rolling restart of nodes, edges and agents",
            async () =>
            {
                foreach (var (process, health) in Parts().SkipLast(1)) // two of each kind
                {
                    await process.StopAsync(TimeSpan.FromSeconds(60), Cancel);
                    process.ExitCode.ShouldBe(0, process.Name);
                    await System.RestartAsync(process, health, Cancel);
                    await UntilWholeAsync();
                }
            }
        );

        (row.CallsFailed, row.ExchangesFailed).ShouldBe((0, 0), watch.Errors);
        await watch.CheckAsync();
    }

    [Fact]
    public async Task Kill_OfAnyOneProcess_FailsOnlyWhatItWasDoing()
    {
        await using var watch = await WatchAsync();
        var services = new[] { Installation.Service.Process.Name, Several.SecondService.Process.Name };

        foreach (var (process, health) in Parts())
        {
            var row = await watch.RowAsync($"kill -9 of {process.Name}", () => process.KillAsync(Cancel));
            await System.RestartAsync(process, health, Cancel);
            await UntilWholeAsync();

            // Clients of the service meet no edge and the other way round; of those that it was serving, each loses at
            // most what was on its way, and what it sent right behind it into the backlog of the dying process.
            var isService = services.Contains(process.Name);
            row.CallsFailed.ShouldBeLessThanOrEqualTo(isService ? 0 : 2 * Clients, $"{row}\n{watch.Errors}");
            row.ExchangesFailed.ShouldBeLessThanOrEqualTo(isService ? 2 * Clients : 0, $"{row}\n{watch.Errors}");
        }

        await watch.RowAsync(
            "kill -9 of haproxy, started again",
            async () =>
            {
                await Several.Balancer.Process.KillAsync(Cancel);
                Several.Balancer.Process.Start();
                Installation.RecordProcesses();
            }
        );
        await UntilWholeAsync();
        await watch.CheckAsync();
    }

    [Fact]
    public async Task Postgres_RestartedUnderLoad_FailsNoCallAndLosesNoGrant()
    {
        await using var watch = await WatchAsync();
        var postgres = Installation.Database!;

        var row = await watch.RowAsync(
            "restart of PostgreSQL",
            async () =>
            {
                // What `pg_ctl restart` does: clients are cut off, what is committed is written out.
                Signals.Send(postgres.Process.Stamp, Signals.Interrupt);
                (await postgres.Process.WaitForEndAsync(TimeSpan.FromSeconds(60), Cancel)).ShouldBeTrue();
                postgres.Start();
                Installation.RecordProcesses();
                await postgres.WaitAsync(Cancel);
            }
        );

        row.CallsFailed.ShouldBe(0, watch.Errors);
        await UntilWholeAsync();
        await watch.CheckAsync();
    }

    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ConnectFrom(string host) =>
        async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(host), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        };

    private Task<DisturbanceWatch> WatchAsync() => DisturbanceWatch.StartAsync(system, Keeping, Reconnecting, Cancel);

    private IEnumerable<(ProgramProcess Process, HealthProbe Health)> Parts() =>
        [
            (Installation.Service.Process, Installation.Service.Health),
            (Several.SecondService.Process, Several.SecondService.Health),
            (Installation.Edge.Process, Installation.Edge.Health),
            (Several.SecondEdge.Process, Several.SecondEdge.Health),
            (Installation.Agent.Process, Installation.Agent.Health),
            .. Several.Agents.Select(agent => (agent.Process, agent.Health)),
        ];

    /// <summary>
    /// Every agent is connected to both edges again, and the balancer sees all servers: the next part may stop.
    /// </summary>
    private async Task UntilWholeAsync()
    {
        await UntilAsync(
            async () =>
                await ConnectionsAsync(Installation.Edge) >= AgentConnections
                && await ConnectionsAsync(Several.SecondEdge) >= AgentConnections,
            "all agents are connected to both edges",
            Limit
        );
        await UntilAsync(() => Several.Balancer.SeesAllAsync(Cancel), "the balancer sees all", Limit);
    }

    private static async Task<double> ConnectionsAsync(TunnelEdge edge) =>
        MetricOf(await edge.Health.MetricsAsync(Cancel), "culvert_edge_agent_connections");
}
