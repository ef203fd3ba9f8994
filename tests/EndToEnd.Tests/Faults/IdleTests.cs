using System.Collections.Concurrent;
using System.Net;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>Many clients that keep an idle connection: the usual state of AI products.</summary>
[Collection(FaultSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class IdleTests(FaultSystem system) : FaultTest(system)
{
    /// <summary>One address may hold 1,000 and open 200 in a second; the default limits are in force here.</summary>
    private const int PerSource = 800;

    private const int AtOnce = 16;

    /// <summary>Below the 500 that a tunnel takes in a second by default.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(AtOnce / 400.0);

    [Fact]
    [Trait(Soak.Name, "idle")]
    public async Task Connections_Idle_CostLittleAndAllStillWork()
    {
        var count = Soak.Rounds("idle", shortForm: 1000, full: 10_000);
        await MendAsync();
        await using (var first = new ConnectionSet()) // pays for pools and tables that every client after them finds
        {
            await OpenAsync(first, 200);
        }

        await UntilQuietAsync();
        await RestAsync();
        var before = (Edge: ProgramUse.Of(Installation.Edge.Process), Agent: ProgramUse.Of(Installation.Agent.Process));

        await using (var connections = new ConnectionSet())
        {
            await OpenAsync(connections, count);
            await RestAsync();
            var (edge, agent) = (ProgramUse.Of(Installation.Edge.Process), ProgramUse.Of(Installation.Agent.Process));
            var streams = await EdgeAsync("culvert_edge_streams");
            await CallAllAsync(connections.All, "idle");
            Figure(
                $"{count} idle connections: edge {(edge.ResidentKiB - before.Edge.ResidentKiB) / count:0.0} KiB each "
                    + $"({edge.Descriptors} descriptors), agent "
                    + $"{(agent.ResidentKiB - before.Agent.ResidentKiB) / count:0.0} KiB each "
                    + $"({agent.Descriptors} descriptors); all of them still work"
            );
            streams.ShouldBe(count);
            edge.Descriptors.ShouldBeLessThan(20_000);
            agent.Descriptors.ShouldBeLessThan(20_000);
        }

        await UntilQuietAsync();
        await UntilAsync(
            () => Task.FromResult(ProgramUse.Of(Installation.Edge.Process).Descriptors < before.Edge.Descriptors + 50),
            "the edge gives its descriptors back"
        );
    }

    /// <summary>Until what both programs hold hardly changes any more.</summary>
    private async Task RestAsync()
    {
        var last = double.MaxValue;
        await UntilAsync(
            async () =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, Cancel);
                var before = last;
                last = new[] { Installation.Edge.Process, Installation.Agent.Process }.Sum(program =>
                    ProgramUse.Of(program).ResidentKiB
                );
                return Math.Abs(last - before) < last / 100;
            },
            "edge and agent come to rest"
        );
    }

    private async Task OpenAsync(ConnectionSet connections, int count)
    {
        for (var first = 0; first < count; first += AtOnce)
        {
            var begun = TimeProvider.System.GetTimestamp();
            var some = await Task.WhenAll(
                Enumerable
                    .Range(first, Math.Min(AtOnce, count - first))
                    .Select(i => connections.AddAsync(TunnelConnection.OpenAsync(System, Cancel, SourceOf(i, count))))
            );
            await CallAllAsync(some, "open");
            if (Pace - TimeProvider.System.GetElapsedTime(begun) is var left && left > TimeSpan.Zero)
            {
                await Task.Delay(left, TimeProvider.System, Cancel);
            }
        }
    }

    /// <summary>Taken in turn, so that no address opens too many in a second.</summary>
    private static IPAddress SourceOf(int number, int count) =>
        new([127, 0, 1, (byte)(1 + (number % (1 + (Math.Max(count, 4 * PerSource) / PerSource))))]);

    private static async Task CallAllAsync(IReadOnlyList<TunnelConnection> connections, string id)
    {
        foreach (var some in connections.Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(some.Select(c => c.CallAsync($"quick:{id}", Cancel)));
            answers.ShouldAllBe(a => a.Contains($"Echo: quick:{id}", StringComparison.Ordinal));
        }
    }

    /// <summary>Those of a failed test, too, are closed: the tests after it find the system without clients.</summary>
    private sealed class ConnectionSet : IAsyncDisposable
    {
        private readonly ConcurrentQueue<TunnelConnection> open = new();

        public IReadOnlyList<TunnelConnection> All => [.. open];

        public async Task<TunnelConnection> AddAsync(Task<TunnelConnection> opening)
        {
            var connection = await opening;
            open.Enqueue(connection);
            return connection;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var connection in open)
            {
                await connection.DisposeAsync();
            }
        }
    }
}
