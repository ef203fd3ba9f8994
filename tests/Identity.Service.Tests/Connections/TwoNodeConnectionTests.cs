using System.Collections.Concurrent;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Connections;

/// <summary>Two service hosts on one PostgreSQL, and agents of a tunnel at both.</summary>
public sealed class TwoNodeConnectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_AtBothNodesAtOnce_RefreshesEachGrantOnce_AndEachGetsTheirOwnToken()
    {
        const int People = 20;
        await using var bench = await ConnectionBench.StartAsync(options: ServiceUnderTest.OnPostgres);
        await using var other = await bench.Service.JoinAsync("node-2");
        for (var i = 0; i < People; i++)
        {
            await bench.AddGrantAsync($"person{i}", TimeSpan.FromSeconds(30));
        }

        HttpClient[] agents = [bench.Agent, bench.AgentAt(other, bench.People.Organization, bench.People.TunnelId)];
        var got = new ConcurrentBag<(string Person, string Token)>();
        var asked = Parallel.ForEachAsync(
            Enumerable.Range(0, 10 * People),
            new ParallelOptions { MaxDegreeOfParallelism = 40, CancellationToken = Cancel },
            async (number, _) =>
            {
                var person = $"person{number % People}";
                var agent = agents[number / People % agents.Length];
                got.Add((person, (await bench.AskOkAsync(person, agent)).Text("access_token")));
            }
        );
        // Those who wait for the other node poll by the clock, and requests to the upstream have a deadline by it. So it goes by
        // two milliseconds while the service answers a request, however long that takes on a busy machine.
        while (!asked.IsCompleted)
        {
            bench.Service.Time.Advance(TimeSpan.FromMilliseconds(2));
            await bench.Api.GetOkAsync("/v1/connections");
        }

        await asked;
        got.Where(one => !one.Token.StartsWith($"access-of-{one.Person}-", StringComparison.Ordinal)).ShouldBeEmpty();
        got.Distinct().Count().ShouldBe(People);
        Enumerable.Range(0, People).Where(i => bench.Upstream.RefreshesOf($"person{i}") != 1).ShouldBeEmpty();
    }
}
