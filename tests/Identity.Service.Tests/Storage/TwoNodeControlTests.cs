using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>What an administrator takes away on one of two live nodes, the other takes away, too.</summary>
public sealed class TwoNodeControlTests(TwoNodeControlTests.Nodes nodes) : IClassFixture<TwoNodeControlTests.Nodes>
{
    // For what a notification does within milliseconds, or the look every second: without either nothing would change.
    private FederatedService One => nodes.One;

    private ServiceUnderTest Other => nodes.Other;

    [Fact]
    [Trait("Attack", "A36")]
    public async Task IssuerKill_OnOneNode_EndsExchangesOnTheOther()
    {
        var issuer = await One.IssuerAsync();
        var rule = (await One.CreateAsync(FederatedService.Rules, One.RuleBody(issuer, await One.AccountAsync()))).Text(
            "id"
        );
        await Eventually.UntilAsync(
            async () => await ExchangeOnOtherAsync(rule) == HttpStatusCode.OK,
            TestContext.Current.CancellationToken
        );

        await One.CreateAsync(
            $"{FederatedService.Issuers}/{issuer}/kill",
            new JsonObject { ["issuer"] = true, ["reason"] = "stolen" }
        );

        await Eventually.UntilAsync(
            () => Other.Get<IssuerControls>().Get(IssuerId.Wrap(issuer)).Kill is { Issuer: true },
            TestContext.Current.CancellationToken
        );
        (await ExchangeOnOtherAsync(rule)).ShouldBe(HttpStatusCode.Unauthorized);
        await One.CreateAsync(
            $"{FederatedService.Issuers}/{issuer}/unkill",
            new JsonObject { ["issuer"] = true, ["reason"] = "drill" }
        );
        await Eventually.UntilAsync(
            async () => await ExchangeOnOtherAsync(rule) == HttpStatusCode.OK,
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    [Trait("Attack", "A58")]
    public async Task SigningKeys_RotatedAndDroppedOnOneNode_AreSoOnTheOther()
    {
        var token = await One.AccessTokenAsync(await One.RuleAsync());
        await Eventually.UntilAsync(
            async () => await UseOnOtherAsync(token) == HttpStatusCode.OK,
            TestContext.Current.CancellationToken
        );

        await One.CreateAsync("/v1/oauth/signing_keys/rotate", []);

        var signer = One.Service.Get<SigningKeyRing>().Current.Keys;
        signer.Count.ShouldBe(2);
        await Eventually.UntilAsync(
            () => KeysOfOther().SequenceEqual(signer.Select(key => key.KeyId)),
            TestContext.Current.CancellationToken
        );
        (await UseOnOtherAsync(token)).ShouldBe(HttpStatusCode.OK);

        await One.CreateAsync(
            "/v1/oauth/signing_keys/rotate",
            new JsonObject { ["compromised_key_id"] = signer[0].KeyId, ["reason"] = "drill" }
        );

        await Eventually.UntilAsync(
            () => KeysOfOther().SequenceEqual([signer[1].KeyId]),
            TestContext.Current.CancellationToken
        );
        (await UseOnOtherAsync(token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [Trait("Attack", "A59")]
    [InlineData("rule")]
    [InlineData("family")]
    public async Task Revocation_OnOneNode_EndsTokensOnTheOther(string kind)
    {
        var rule = await One.RuleAsync();
        var token = await One.AccessTokenAsync(rule);
        await Eventually.UntilAsync(
            async () => await UseOnOtherAsync(token) == HttpStatusCode.OK,
            TestContext.Current.CancellationToken
        );

        await One.CreateAsync(
            "/v1/oauth/revocations",
            kind == "rule"
                ? new JsonObject { ["kind"] = "rule", ["rule_id"] = rule }
                : new JsonObject { ["kind"] = "family", ["family"] = FormCalls.ClaimsOf(token).Text("family") }
        );

        await Eventually.UntilAsync(
            async () => await UseOnOtherAsync(token) == HttpStatusCode.Unauthorized,
            TestContext.Current.CancellationToken
        );
    }

    // Single use is TwoNodeTests' row; these let the same client in again, wherever it asks.
    [Theory]
    [Trait("Attack", "A19")]
    [InlineData("off", 100, 100)]
    [InlineData("window", 100, 1)]
    [InlineData("bound_reuse", 100, 1)]
    public async Task Exchange_OneTokenAHundredTimesOverBothNodes_HonoursItsMode(string mode, int granted, int families)
    {
        var rule = await One.RuleAsync(editIssuer: issuer =>
        {
            issuer["replay_mode"] = mode;
            if (mode == "window")
            {
                issuer["replay_window_seconds"] = 60;
            }
        });
        await Eventually.UntilAsync(
            async () => await ExchangeOnOtherAsync(rule) == HttpStatusCode.OK,
            TestContext.Current.CancellationToken
        );
        var body = One.ExchangeBody(rule, One.Token()).ToJsonString();
        using var second = Other.Client(bearer: null);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        using var answer =
                            i % 2 == 0
                                ? await One.PostAnonymousAsync(FederatedService.TokenPath, body)
                                : await second.PostAsync(
                                    FederatedService.TokenPath,
                                    new StringContent(body, Encoding.UTF8, "application/json"),
                                    TestContext.Current.CancellationToken
                                );
                        return answer.IsSuccessStatusCode ? (await answer.JsonAsync()).Text("access_token") : null;
                    })
                )
        );

        var tokens = answers.OfType<string>().ToList();
        tokens.Count.ShouldBe(granted);
        tokens.Select(token => FormCalls.ClaimsOf(token).Text("family")).Distinct().Count().ShouldBe(families);
    }

    private IEnumerable<string> KeysOfOther() => Other.Get<SigningKeyRing>().Current.Keys.Select(key => key.KeyId);

    private async Task<HttpStatusCode> ExchangeOnOtherAsync(string rule)
    {
        using var client = Other.Client(bearer: null);
        using var answer = await client.PostAsync(
            FederatedService.TokenPath,
            new StringContent(One.ExchangeBody(rule, One.Token()).ToJsonString(), Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> UseOnOtherAsync(string token)
    {
        using var client = Other.Client(token);
        using var answer = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Two nodes on one database.</summary>
    public sealed class Nodes : IAsyncLifetime
    {
        internal FederatedService One { get; private set; } = null!;

        internal ServiceUnderTest Other { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            One = await FederatedService.StartAsync(options =>
                options with
                {
                    Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
                    Limits = options.Limits with
                    {
                        ExchangePerSubject = new RateLimit(10_000, TimeSpan.FromSeconds(1)),
                    },
                }
            );
            Other = await One.Service.JoinAsync("node-2");
        }

        public async ValueTask DisposeAsync()
        {
            await Other.DisposeAsync();
            await One.DisposeAsync();
        }
    }
}
