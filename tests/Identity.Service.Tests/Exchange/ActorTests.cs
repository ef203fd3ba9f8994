using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tokens.Binding;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Exchange;

/// <summary>Delegation (RFC 8693): who acts for whom is written down, short, and never lost.</summary>
[Trait("Attack", "A43")]
public sealed class ActorTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Exchange_ActorOfTheRule_IsNamedInTheToken()
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync(actor);

        var token = await ActAsync(subject, actor);

        var claims = ClaimsOf(token);
        claims.Text("sub").ShouldBe(subject.Account);
        claims.GetProperty("act").ToString().ShouldBe($$"""{"sub":"{{actor.Account}}"}""");
        claims.Text("family").ShouldBe(ClaimsOf(subject.Token).Text("family"));
    }

    // The second actor comes before the first, and no account can become the third.
    [Fact]
    public async Task Exchange_ChainOfActors_IsKeptAndEndsAtTwo()
    {
        var (first, second, third) = (await PartyAsync(), await PartyAsync(), await PartyAsync());
        var subject = await PartyAsync(first, second, third);

        var once = subject with { Token = await ActAsync(subject, first) };
        var twice = once with { Token = await ActAsync(once, second) };

        ClaimsOf(twice.Token)
            .GetProperty("act")
            .ToString()
            .ShouldBe($"{{\"sub\":\"{second.Account}\",\"act\":{{\"sub\":\"{first.Account}\"}}}}");
        await ShouldBeDeniedAsync(twice, third.Token, "actor_too_deep");
        await ShouldBeDeniedAsync(twice, second.Token, "actor_loop");
        await ShouldBeDeniedAsync(twice, first.Token, "actor_loop");
    }

    // Exchanged again without an actor, the chain is still there.
    [Fact]
    public async Task Exchange_AgainWithoutActor_KeepsTheChain()
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync(actor);
        var delegated = await ActAsync(subject, actor);

        var again = await Service
            .FormAsync(Subject(subject.Rule, delegated, AccessToken).With("scope", "workspace:manage_tunnels"))
            .ShouldBeGrantedAsync();

        ClaimsOf(again.Text("access_token"))
            .GetProperty("act")
            .ToString()
            .ShouldBe(ClaimsOf(delegated).GetProperty("act").ToString());
    }

    [Fact]
    public async Task Exchange_ActorThatNobodyNamed_IsDenied() =>
        await ShouldBeDeniedAsync(await PartyAsync(), (await PartyAsync()).Token, "actor_not_allowed");

    [Fact]
    public async Task Exchange_SubjectAsItsOwnActor_IsDenied()
    {
        var subject = await PartyAsync();

        await ShouldBeDeniedAsync(subject, subject.Token, "actor_loop");
    }

    // RFC 8693 §4.4: in an identity provider's token, naming our issuer identifier and the account.
    [Fact]
    public async Task Exchange_MayActOfTheProvider_Decides()
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync();

        var granted = await DelegateAsync(subject.Rule, MayAct(FederatedService.PublicUrl, actor.Account), actor.Token)
            .ShouldBeGrantedAsync();

        ClaimsOf(granted.Text("access_token")).GetProperty("act").Text("sub").ShouldBe(actor.Account);
    }

    [Fact]
    public async Task Exchange_MayActThatNamesAnother_IsDeniedThoughTheRuleAllows()
    {
        var (actor, other) = (await PartyAsync(), await PartyAsync());
        var subject = await PartyAsync(actor);
        JsonNode?[] wrong =
        [
            MayAct(FederatedService.PublicUrl, other.Account),
            MayAct("https://other.test", actor.Account),
            new JsonObject { ["sub"] = actor.Account },
            new JsonObject
            {
                ["iss"] = FederatedService.PublicUrl,
                ["sub"] = actor.Account,
                ["client_id"] = "x",
            },
            new JsonArray(MayAct(FederatedService.PublicUrl, actor.Account)),
            JsonValue.Create(actor.Account),
            null,
        ];

        foreach (var mayAct in wrong)
        {
            var body = await DelegateAsync(subject.Rule, mayAct, actor.Token)
                .ShouldBeOAuthErrorAsync(400, "invalid_request");
            (await ReasonAsync(body)).ShouldBe("actor_not_allowed", mayAct?.ToJsonString());
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    public async Task Exchange_ActorTokenThatIsNone_IsDenied(string token) =>
        await ShouldBeDeniedAsync(await PartyAsync(), token, "actor_invalid");

    [Fact]
    public async Task Exchange_ActorTokenOfAProvider_IsDenied() =>
        await ShouldBeDeniedAsync(await PartyAsync(), Service.Token(), "actor_invalid");

    // It acts for another account, and must not pass that right on.
    [Fact]
    public async Task Exchange_ActorThatActsForAnother_IsDenied()
    {
        var helper = await PartyAsync();
        var actor = await PartyAsync(helper);
        var subject = await PartyAsync(actor);

        await ShouldBeDeniedAsync(subject, await ActAsync(actor, helper), "actor_invalid");
    }

    [Theory]
    [InlineData("organization")]
    [InlineData("sub")]
    [InlineData("aud")]
    [InlineData("exp")]
    public async Task Exchange_ActorTokenThatDoesNotFit_IsDenied(string claim)
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync(actor);
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        var token = await Service.MintAsync(
            actor.Rule,
            claims =>
                claim switch
                {
                    "organization" => claims with { Organization = "00000000-0000-4000-8000-000000000000" },
                    "sub" => claims with { Subject = "svac_010000000000000000000000" },
                    "aud" => claims with { Audience = "https://docs.tunnel.test" },
                    _ => claims with { ExpiresAt = now },
                }
        );

        await ShouldBeDeniedAsync(subject, token, "actor_invalid");
    }

    // What an actor token says holds as long as its rule still says so.
    [Theory]
    [InlineData("workspace", "workspace_not_covered")]
    [InlineData("workspace_removed", "workspace_not_covered")]
    [InlineData("rule_disabled", "rule_disabled")]
    [InlineData("rule_archived", "rule_archived")]
    [InlineData("account", "token_revoked")]
    public async Task Exchange_ActorWhoseRuleNoLongerStands_IsDeniedWithTheReason(string what, string detail)
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync(actor);
        var token = actor.Token;
        var rule = $"{FederatedService.Rules}/{actor.Rule}";
        switch (what)
        {
            case "workspace":
                token = await Service.MintAsync(
                    actor.Rule,
                    claims => claims with { Workspace = "wrkspc_010000000000000000000000" }
                );
                break;
            case "workspace_removed":
                using (
                    await Service.Service.Api.DeleteAsync(
                        $"{rule}/workspaces/{Service.WorkspaceId}",
                        TestContext.Current.CancellationToken
                    )
                ) { }

                break;
            case "rule_disabled":
                await Service.CreateAsync(rule, new JsonObject { ["state"] = "disabled" });
                break;
            case "rule_archived":
                await Service.CreateAsync($"{rule}/archive");
                break;
            default:
                await Service.CreateAsync(
                    rule,
                    new JsonObject
                    {
                        ["target"] = new JsonObject
                        {
                            ["type"] = "service_account",
                            ["service_account_id"] = await Service.AccountAsync(),
                        },
                    }
                );
                break;
        }

        var body = await Service.FormAsync(Fields(subject, token)).ShouldBeOAuthErrorAsync(400, "invalid_request");

        var entry = (await Service.HistoryOfAsync(body.Text("request_id")))!.Value;
        (entry.Text("reason"), entry.Text("detail")).ShouldBe(("actor_invalid", detail));
    }

    // RFC 8693 §4.4: the restriction is of the subject, and does not end with the first exchange.
    [Fact]
    public async Task Exchange_MayAct_IsCarriedOnAndEnforcedWithEveryExchange()
    {
        var (actor, other) = (await PartyAsync(), await PartyAsync());
        var subject = await PartyAsync(actor, other);
        var restricted = await GrantAsync(subject, MayAct(FederatedService.PublicUrl, actor.Account));

        ClaimsOf(restricted.Token)
            .GetProperty("may_act")
            .ToString()
            .ShouldBe($$"""{"iss":"{{FederatedService.PublicUrl}}","sub":"{{actor.Account}}"}""");
        var again = await Service
            .FormAsync(Subject(restricted.Rule, restricted.Token, AccessToken))
            .ShouldBeGrantedAsync();
        var further = restricted with { Token = again.Text("access_token") };
        foreach (var token in new[] { restricted, further })
        {
            await ShouldBeDeniedAsync(token, other.Token, "actor_not_allowed");
        }

        var delegated = ClaimsOf(await ActAsync(further, actor));
        delegated.GetProperty("act").Text("sub").ShouldBe(actor.Account);
        delegated.GetProperty("may_act").Text("sub").ShouldBe(actor.Account);
    }

    [Fact]
    public async Task Exchange_MayActOfNobodyOfOurs_LetsNobodyActEver()
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync(actor);
        JsonNode?[] foreign = [MayAct("https://other.test", actor.Account), JsonValue.Create("anybody"), null];

        foreach (var mayAct in foreign)
        {
            var restricted = await GrantAsync(subject, mayAct);

            ClaimsOf(restricted.Token).GetProperty("may_act").ToString().ShouldBe("{}");
            await ShouldBeDeniedAsync(restricted, actor.Token, "actor_not_allowed");
        }
    }

    // A chain nested deeper than we ever make is not even read.
    [Fact]
    public async Task Exchange_ActDepthBomb_IsDenied()
    {
        var bomb = string.Concat(Enumerable.Repeat("""{"sub":"a","act":""", 40)) + "1" + new string('}', 40);
        var claims = Service.Provider.Claims(FederatedService.PublicUrl).ToJsonString();

        var body = await Service
            .FormAsync(Subject(fixture.RuleId, Service.Provider.SignText($"{claims[..^1]},\"act\":{bomb}}}")))
            .ShouldBeOAuthErrorAsync(400, "invalid_request");

        (await ReasonAsync(body)).ShouldBe("token_malformed");
    }

    // A bound actor token is worth nothing without its key.
    [Fact]
    public async Task Exchange_BoundActorToken_NeedsItsKey()
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync(actor);
        using var holder = ExchangeClient.WithKey(Service);
        var bound = await holder.PostAsync(Assertion(actor.Rule, Service.Token())).ShouldBeGrantedAsync();

        await ShouldBeDeniedAsync(subject, bound.Text("access_token"), "actor_invalid");
        var granted = await holder.PostAsync(Fields(subject, bound.Text("access_token"))).ShouldBeGrantedAsync();
        granted.Text("token_type").ShouldBe("DPoP");
    }

    // A delegated token expires with the token of the actor.
    [Fact]
    public async Task Exchange_ActorWithLessTime_EndsTheToken()
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync(actor);
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        var shorter = await Service.MintAsync(actor.Rule, claims => claims with { ExpiresAt = now + 70 });

        var granted = await Service.FormAsync(Fields(subject, shorter)).ShouldBeGrantedAsync();

        granted.GetProperty("expires_in").GetInt32().ShouldBe(70);
    }

    [Theory]
    [InlineData("svac_x")]
    [InlineData("svac_010000000000000000000000")]
    public async Task Rule_ActorThatIsNone_IsRefused(string actor)
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body["actor_ids"] = new JsonArray(actor);

        using var response = await Service.PostAsync(FederatedService.Rules, body);

        ((int)response.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task Rule_OwnAccountAsActor_IsRefused()
    {
        var account = await Service.AccountAsync();
        var body = Service.RuleBody(await Service.IssuerAsync(), account);
        body["actor_ids"] = new JsonArray(account);

        using var response = await Service.PostAsync(FederatedService.Rules, body);

        (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
    }

    [Fact]
    public async Task Audit_OfADelegation_NamesTheActors()
    {
        var actor = await PartyAsync();
        var subject = await PartyAsync(actor);
        await ActAsync(subject, actor);

        var audit = await Service.LastAuditAsync("platform_federated_authentication");

        var data = audit.GetProperty("event_data");
        data.GetProperty("actors").EnumerateArray().Select(a => a.GetString()).ShouldBe([actor.Account]);
        data.Text("form").ShouldBe("token_exchange");
    }

    private async Task<Party> PartyAsync(params Party[] actors)
    {
        var account = await Service.AccountAsync();
        var rule = await Service.RuleAsync(body =>
        {
            body["target"]!["service_account_id"] = account;
            body["actor_ids"] = new JsonArray([.. actors.Select(actor => JsonValue.Create(actor.Account))]);
        });
        return new Party(account, rule, await Service.AccessTokenAsync(rule));
    }

    /// <summary>The party's token of an assertion with that <c>may_act</c>.</summary>
    private async Task<Party> GrantAsync(Party party, JsonNode? mayAct)
    {
        using var response = await Service.ExchangeAsync(
            party.Rule,
            Service.Token(claims => claims["may_act"] = mayAct?.DeepClone())
        );
        return party with { Token = (await response.JsonAsync()).Text("access_token") };
    }

    private async Task<string> ActAsync(Party subject, Party actor) =>
        (await Service.FormAsync(Fields(subject, actor.Token)).ShouldBeGrantedAsync()).Text("access_token");

    private async Task ShouldBeDeniedAsync(Party subject, string actorToken, string reason)
    {
        var body = await Service.FormAsync(Fields(subject, actorToken)).ShouldBeOAuthErrorAsync(400, "invalid_request");
        (await ReasonAsync(body)).ShouldBe(reason);
    }

    private Task<HttpResponseMessage> DelegateAsync(string rule, JsonNode? mayAct, string actorToken) =>
        Service.FormAsync(
            Subject(rule, Service.Token(claims => claims["may_act"] = mayAct?.DeepClone()))
                .With("actor_token", actorToken)
                .With("actor_token_type", AccessToken)
        );

    private async Task<string?> ReasonAsync(JsonElement body) =>
        (await Service.HistoryOfAsync(body.Text("request_id")))!.Value.GetProperty("reason").GetString();

    private static JsonObject MayAct(string issuer, string subject) => new() { ["iss"] = issuer, ["sub"] = subject };

    private static List<(string Name, string Value)> Fields(Party subject, string actorToken) =>
        Subject(subject.Rule, subject.Token, AccessToken)
            .With("actor_token", actorToken)
            .With("actor_token_type", AccessToken);

    private sealed record Party(string Account, string Rule, string Token);
}
