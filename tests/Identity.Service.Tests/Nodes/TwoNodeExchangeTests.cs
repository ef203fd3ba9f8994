using System.Net;
using System.Text;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Nodes;

/// <summary>Two service hosts on one PostgreSQL: limits that are one, and what each knows of the other.</summary>
public sealed class TwoNodeExchangeTests
{
    private const int PerMinute = 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Attack", "A20")]
    public async Task Exchange_OneSubjectAtBothNodes_HasOneQuota()
    {
        await using var one = await FederatedService.StartAsync(options =>
            options with
            {
                Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
                Limits = options.Limits with { ExchangePerSubject = new RateLimit(PerMinute, TimeSpan.FromMinutes(1)) },
            }
        );
        var rule = await one.RuleAsync();
        await using var other = await one.Service.JoinAsync("node-2");
        using var second = other.Client(bearer: null);
        await RoundsAsync();

        // Both ask for all they can get, every quarter of a minute for three.
        const int Quarters = 12;
        var granted = await GrantsAsync(first: true) + await GrantsAsync(first: false);
        granted.ShouldBeInRange(PerMinute / 2, PerMinute);
        for (var quarter = 0; quarter < Quarters; quarter++)
        {
            await RoundsAsync();
            one.Service.Time.Advance(TimeSpan.FromSeconds(15));
            granted += await GrantsAsync(first: true) + await GrantsAsync(first: false);
        }

        // A bucket of one node, and what one quarter brings twice before either knows of the other.
        const int Refilled = PerMinute * Quarters / 4;
        granted.ShouldBeInRange(Refilled / 2, PerMinute + Refilled + (PerMinute / 4));

        async Task RoundsAsync()
        {
            await one.Service.Get<NodeExchange>().RoundAsync(Cancel);
            await other.Get<NodeExchange>().RoundAsync(Cancel);
            await one.Service.Get<NodeExchange>().RoundAsync(Cancel);
            one.Service.Get<LimitShares>().Nodes.ShouldBe(2);
            other.Get<LimitShares>().Nodes.ShouldBe(2);
        }

        async Task<int> GrantsAsync(bool first)
        {
            var granted = 0;
            for (var i = 0; i < PerMinute + 2; i++)
            {
                var body = one.ExchangeBody(rule, one.Token()).ToJsonString();
                using var answer = first
                    ? await one.PostAnonymousAsync(FederatedService.TokenPath, body)
                    : await second.PostAsync(
                        FederatedService.TokenPath,
                        new StringContent(body, Encoding.UTF8, "application/json"),
                        Cancel
                    );
                granted += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
                }
            }

            return granted;
        }
    }

    [Fact]
    public async Task Node_Stopped_IsNoLongerCounted()
    {
        await using var one = await StartAsync();
        await using var other = await one.JoinAsync("node-2");
        await other.Get<NodeExchange>().RoundAsync(Cancel);
        await one.Get<NodeExchange>().RoundAsync(Cancel);
        one.Get<LimitShares>().Nodes.ShouldBe(2);

        await other.Get<NodeExchange>().StopAsync(Cancel);
        await one.Get<NodeExchange>().RoundAsync(Cancel);

        one.Get<LimitShares>().Nodes.ShouldBe(1);
    }

    [Fact]
    public async Task Versions_AtOneNode_NamesBoth()
    {
        await using var one = await StartAsync();
        await using var other = await one.JoinAsync("node-2");
        await other.Get<NodeExchange>().RoundAsync(Cancel);

        var versions = await one.Api.GetOkAsync("/v1/versions");

        versions
            .GetProperty("data")
            .EnumerateArray()
            .Select(program => (program.Text("kind"), program.Text("name"), program.Text("skew")))
            .ShouldBe([("service", "node-1", "same"), ("service", "node-2", "same")]);
    }

    [Fact]
    public async Task Database_ExpandedByANewerNode_LetsTheOlderGoOnAndStart()
    {
        await using var one = await StartAsync();
        var newer = new Migration(
            9998,
            "9998_of_tomorrow",
            Migration.ExpansionMark + "\nALTER TABLE edges ADD COLUMN colour TEXT; CREATE TABLE of_tomorrow (id TEXT);"
        );
        using (var connection = one.Get<Database>().OpenWrite())
        {
            Migrator.Apply(one.Get<Database>(), connection, newer);
        }

        // The earlier node continues with the changed table, and another node of its version joins.
        await FeedEdgeAsync(one, "edge-1");
        await using var other = await one.JoinAsync("node-2");
        await FeedEdgeAsync(other, "edge-2");

        using (var connection = one.Get<Database>().OpenWrite())
        {
            connection.Execute("INSERT INTO migrations (number, name) VALUES (9999, '9999_taking_away')");
        }

        var refused = await Should.ThrowAsync<SchemaException>(one.JoinAsync("node-3"));
        refused.Message.ShouldContain("9999_taking_away");
        refused.Message.ShouldContain(Migrator.Current.Known[^1].Name);
    }

    [Fact]
    public async Task Migration_ThatTakesAway_IsNotAppliedBesideARunningNode()
    {
        await using var one = await StartAsync();
        await one.Get<NodeExchange>().RoundAsync(Cancel);
        var taking = new Migration(9999, "9999_taking_away", "ALTER TABLE edges DROP COLUMN connect_port;");

        var refused = Should.Throw<SchemaException>(() =>
            Store.Migrate(
                one.Options.StoreSettings,
                isPlan: false,
                NullLogger.Instance,
                new Migrator([.. Migrator.Current.Known, taking])
            )
        );

        refused.Message.ShouldContain("9999_taking_away");
        refused.Message.ShouldContain("node-1");
    }

    private static Task<ServiceUnderTest> StartAsync() =>
        ServiceUnderTest.StartAsync(options: options =>
            options with
            {
                Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
            }
        );

    private static async Task FeedEdgeAsync(ServiceUnderTest service, string name)
    {
        using var answer = await service.Api.PostAsync(
            "/v1/edges",
            new StringContent(
                $$"""{"name":"{{name}}","addresses":["{{name}}.test:7844"],"dns_names":["{{name}}.test"]}""",
                Encoding.UTF8,
                "application/json"
            ),
            Cancel
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
