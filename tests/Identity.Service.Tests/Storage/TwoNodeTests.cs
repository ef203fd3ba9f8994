using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Health;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>Two service hosts on one PostgreSQL: what one commits, the other honours.</summary>
public sealed class TwoNodeTests
{
    // For what a notification does within milliseconds, or the look every second: without either nothing would change.
    [Fact]
    [Trait("Attack", "A19")]
    public async Task Exchange_OneTokenAHundredTimesOverBothNodes_IsGrantedOnce()
    {
        await using var one = await StartAsync();
        var rule = await one.RuleAsync();
        await using var other = await one.Service.JoinAsync("node-2");
        using var second = other.Client(bearer: null);
        var body = one.ExchangeBody(rule, one.Token()).ToJsonString();

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        using var answer =
                            i % 2 == 0
                                ? await one.PostAnonymousAsync(FederatedService.TokenPath, body)
                                : await PostAsync(second, body);
                        return answer.StatusCode;
                    })
                )
        );

        answers.Count(status => status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(status => status == HttpStatusCode.Unauthorized).ShouldBe(99);
        VerifyChain(one.Service, "node-1").ShouldBeGreaterThan(0);
        VerifyChain(one.Service, "node-2").ShouldBeGreaterThan(0);
    }

    [Fact]
    [Trait("Attack", "A51")]
    public async Task Archive_OnOneNode_RefusesOnTheOther()
    {
        await using var one = await StartAsync();
        var rule = await one.RuleAsync();
        await using var other = await one.Service.JoinAsync("node-2");
        using var second = other.Client(bearer: null);
        using (var before = await PostAsync(second, one.ExchangeBody(rule, one.Token()).ToJsonString()))
        {
            before.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await one.CreateAsync($"{FederatedService.Rules}/{rule}/archive");
        await Eventually.UntilAsync(
            async () =>
            {
                using var answer = await PostAsync(second, one.ExchangeBody(rule, one.Token()).ToJsonString());
                return answer.StatusCode == HttpStatusCode.Unauthorized;
            },
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Token_MintedOnOneNode_IsAcceptedByTheOther()
    {
        await using var one = await StartAsync();
        var token = await one.AccessTokenAsync(await one.RuleAsync());
        await using var other = await one.Service.JoinAsync("node-2");
        using var client = other.Client(token);

        using var answer = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task FeedChange_OnOneNode_WakesLongPollsOfTheOther()
    {
        await using var one = await StartAsync();
        await using var other = await one.Service.JoinAsync("node-2");
        var revisions = other.Get<IRevisions>();
        var waiting = revisions
            .WaitBeyondAsync(revisions.Current, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)
            .AsTask();

        await one.CreateAsync(
            "/v1/edges",
            new JsonObject
            {
                ["name"] = "edge-1",
                ["addresses"] = new JsonArray("edge.test:7844"),
                ["dns_names"] = new JsonArray("edge.test"),
            }
        );

        (await waiting.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    [Fact]
    [Trait("Attack", "A51")]
    public async Task Exchange_NodeThatCannotSeeTheOthers_MintsNothingAfterFiveSeconds()
    {
        var pulse = new FakeTimeProvider();
        var isBlind = false;
        await using var one = await StartAsync();
        var rule = await one.RuleAsync();
        await using var other = await one.Service.JoinAsync(
            "node-2",
            services =>
                services.AddSingleton(
                    new JournalOptions
                    {
                        DiskReserveBytes = 0,
                        Pulse = pulse,
                        WatchProbe = () =>
                        {
                            if (Volatile.Read(ref isBlind))
                            {
                                throw new IOException("no route");
                            }
                        },
                    }
                )
        );
        using var second = other.Client(bearer: null);
        var changes = other.Get<IChanges>();
        changes.IsCurrent(ChangeTopics.Federation).ShouldBeTrue();

        Volatile.Write(ref isBlind, true);
        pulse.Advance(TimeSpan.FromSeconds(6));
        using (var refused = await PostAsync(second, one.ExchangeBody(rule, one.Token()).ToJsonString()))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        // A balancer must send its clients elsewhere.
        var ready = other.Get<IEnumerable<ReadinessCheck>>().Single(check => check.Name == "changes");
        (await ready.Evaluate(TestContext.Current.CancellationToken))
            .ShouldNotBeNull()
            .ShouldContain("exchanges are refused");

        using (var elsewhere = await one.ExchangeAsync(rule, one.Token()))
        {
            elsewhere.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        Volatile.Write(ref isBlind, false);
        await Eventually.UntilAsync(
            () => changes.IsCurrent(ChangeTopics.Federation),
            TestContext.Current.CancellationToken
        );

        (await ready.Evaluate(TestContext.Current.CancellationToken)).ShouldBeNull();
        using var again = await PostAsync(second, one.ExchangeBody(rule, one.Token()).ToJsonString());
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Join_UnderANameThatRuns_IsRefused()
    {
        await using var one = await StartAsync();

        var refused = await Should.ThrowAsync<StoreException>(one.Service.JoinAsync("node-1"));

        refused.Message.ShouldContain("node.name");
    }

    [Fact]
    public async Task Join_NewNames_GetIdsOfTheirOwnAndKeepThem()
    {
        await using var one = await StartAsync();
        await using (var other = await one.Service.JoinAsync("west"))
        {
            other.Get<StoreNode>().ShouldBe(new StoreNode("west", 2));
        }

        using var again = Store.Open(one.Service.Options.StoreSettings with { NodeName = "west" }, NullLogger.Instance);

        again.Node.Id.ShouldBe(2);
        Should.Throw<StoreException>(() =>
            Store.Open(one.Service.Options.StoreSettings with { NodeName = "east", NodeId = 2 }, NullLogger.Instance)
        );
    }

    private static Task<FederatedService> StartAsync() =>
        FederatedService.StartAsync(options =>
            options with
            {
                Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
                Limits = options.Limits with { ExchangePerSubject = new RateLimit(10_000, TimeSpan.FromSeconds(1)) },
            }
        );

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body) =>
        await client.PostAsync(
            FederatedService.TokenPath,
            new StringContent(body, Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );

    private static long VerifyChain(ServiceUnderTest service, string node) =>
        StoreUnderTest.VerifyChain(service.Get<Database>(), node);
}
