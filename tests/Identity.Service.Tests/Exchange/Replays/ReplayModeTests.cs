using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Exchange.Replays;

[Trait("Attack", "A19")]
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ReplayModeTests
{
    // The complaint that bound_reuse answers: a job cannot mint again, and its processes share one file.
    [Fact]
    public async Task BoundReuse_TwentyProcessesWithOneKey_AllSucceedAndAThiefDoesNot()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await RuleAsync(service, "bound_reuse");
        var fields = Assertion(rule, service.Token());
        using var job = ExchangeClient.WithKey(service);

        var granted = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => job.PostAsync(fields).ShouldBeGrantedAsync())
        );

        granted.Select(body => body.Text("token_type")).Distinct().ShouldBe(["DPoP"]);
        var tokens = granted.Select(body => ClaimsOf(body.Text("access_token"))).ToList();
        tokens.Select(claims => claims.Text("family")).Distinct().ShouldHaveSingleItem();
        tokens.Select(claims => claims.Text("jti")).Distinct().Count().ShouldBe(20);
        tokens.ShouldAllBe(claims => claims.GetProperty("cnf").Text("jkt") == job.Thumbprint);

        using var thief = ExchangeClient.WithKey(service);
        (await DenialAsync(service, thief, fields)).ShouldBe("replayed");
        using var bearer = ExchangeClient.At(service, "127.0.0.1");
        (await DenialAsync(service, bearer, fields)).ShouldBe("replayed");

        // Until the assertion ends: five minutes, leeway included.
        service.Time.Advance(TimeSpan.FromSeconds(329));
        (await job.PostAsync(fields).ShouldBeGrantedAsync()).GetProperty("expires_in").GetInt32().ShouldBe(60);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        (await DenialAsync(service, job, fields)).ShouldBe("token_expired");
    }

    [Fact]
    public async Task BoundReuse_WithoutKey_IsPinnedToAddressAndRuleForAMinute()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await RuleAsync(service, "bound_reuse");
        var fields = Assertion(rule, service.Token());
        using var job = ExchangeClient.At(service, "127.0.0.1");
        using var elsewhere = ExchangeClient.At(service, "127.0.0.2");

        var granted = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => job.PostAsync(fields).ShouldBeGrantedAsync())
        );

        granted.Select(body => ClaimsOf(body.Text("access_token")).Text("family")).Distinct().ShouldHaveSingleItem();
        (await DenialAsync(service, elsewhere, fields)).ShouldBe("replayed");
        using var withKey = ExchangeClient.WithKey(service);
        (await DenialAsync(service, withKey, fields)).ShouldBe("replayed");
        service.Time.Advance(TimeSpan.FromSeconds(59));
        await job.PostAsync(fields).ShouldBeGrantedAsync();
        service.Time.Advance(TimeSpan.FromSeconds(1));
        (await DenialAsync(service, job, fields)).ShouldBe("jti_reused");
    }

    // The event names both: the family that was granted and the request that was refused; once a minute.
    [Fact]
    public async Task BoundReuse_AnotherHolder_RaisesAnAlert()
    {
        await using var service = await FederatedService.StartAsync();
        var fields = Assertion(await RuleAsync(service, "bound_reuse"), service.Token());
        using var job = ExchangeClient.WithKey(service);
        using var thief = ExchangeClient.WithKey(service);
        var granted = await job.PostAsync(fields).ShouldBeGrantedAsync();
        await DenialAsync(service, thief, fields);
        await DenialAsync(service, thief, fields);

        var alerts = await AlertsAsync(service);

        var alert = alerts.ShouldHaveSingleItem();
        alert.Text("family").ShouldBe(ClaimsOf(granted.Text("access_token")).Text("family"));
        alert.Text("replay_mode").ShouldBe("bound_reuse");
        alert.Text("first_holder").ShouldBe("dpop");
        alert.GetProperty("same_assertion").GetBoolean().ShouldBeTrue();
        service.Time.Advance(TimeSpan.FromMinutes(1));
        await DenialAsync(service, thief, fields);
        (await AlertsAsync(service)).Count.ShouldBe(2);
    }

    // A60: the answer got lost, the client asks again.
    [Fact]
    [Trait("Attack", "A60")]
    public async Task SingleUse_SameKeyAgain_IsReissuedForAMinute()
    {
        await using var service = await FederatedService.StartAsync();
        var fields = Assertion(await RuleAsync(service, "single_use"), service.Token());
        using var job = ExchangeClient.WithKey(service);

        var storm = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => job.PostAsync(fields).ShouldBeGrantedAsync())
        );

        storm.Select(body => ClaimsOf(body.Text("access_token")).Text("family")).Distinct().ShouldHaveSingleItem();
        using var thief = ExchangeClient.WithKey(service);
        (await DenialAsync(service, thief, fields)).ShouldBe("replayed");
        service.Time.Advance(TimeSpan.FromSeconds(59));
        await job.PostAsync(fields).ShouldBeGrantedAsync();
        service.Time.Advance(TimeSpan.FromSeconds(1));
        (await DenialAsync(service, job, fields)).ShouldBe("jti_reused");
    }

    [Fact]
    [Trait("Attack", "A60")]
    public async Task SingleUse_SameKeyOtherTokenWithTheSameId_IsNotReissued()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await RuleAsync(service, "single_use");
        using var job = ExchangeClient.WithKey(service);
        await job.PostAsync(Assertion(rule, service.Token(c => c["jti"] = "one"))).ShouldBeGrantedAsync();

        var other = Assertion(rule, service.Token(c => (c["jti"], c["run"]) = ("one", "2")));

        (await DenialAsync(service, job, other)).ShouldBe("jti_reused");
    }

    // A100: without a key nothing tells a retry from a thief.
    [Fact]
    public async Task SingleUse_AHundredAtOnceWithoutKey_IsGrantedOnce()
    {
        await using var service = await FederatedService.StartAsync();
        var fields = Assertion(await RuleAsync(service, "single_use"), service.Token());

        var statuses = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async _ =>
                {
                    using var response = await service.FormAsync(fields);
                    return response.StatusCode;
                })
        );

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(1);
        statuses.Count(status => status == HttpStatusCode.BadRequest).ShouldBe(99);
        (await AlertsAsync(service)).ShouldBeEmpty();
    }

    // A hundred with a hundred keys: one of them gets the token, and the others are not taken for a retry.
    [Fact]
    public async Task BoundReuse_AHundredKeysAtOnce_OneHolderWins()
    {
        await using var service = await FederatedService.StartAsync();
        var fields = Assertion(await RuleAsync(service, "bound_reuse"), service.Token());
        var clients = Enumerable.Range(0, 100).Select(_ => ExchangeClient.WithKey(service)).ToList();

        var statuses = await Task.WhenAll(
            clients.Select(async client =>
            {
                using var response = await client.PostAsync(fields);
                return response.StatusCode;
            })
        );

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(1);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Window_AnyClient_UntilTheWindowEnds()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(editIssuer: issuer =>
        {
            issuer["replay_mode"] = "window";
            issuer["replay_window_seconds"] = 30;
        });
        var fields = Assertion(rule, service.Token());
        using var here = ExchangeClient.WithKey(service);
        using var there = ExchangeClient.At(service, "127.0.0.2");

        var first = await here.PostAsync(fields).ShouldBeGrantedAsync();
        service.Time.Advance(TimeSpan.FromSeconds(29));
        var second = await there.PostAsync(fields).ShouldBeGrantedAsync();

        ClaimsOf(second.Text("access_token"))
            .Text("family")
            .ShouldBe(ClaimsOf(first.Text("access_token")).Text("family"));
        service.Time.Advance(TimeSpan.FromSeconds(1));
        (await DenialAsync(service, here, fields)).ShouldBe("jti_reused");
        (await DenialAsync(service, there, fields)).ShouldBe("jti_reused");
    }

    [Fact]
    public async Task Off_AnyClient_AsOftenAsItIsValid()
    {
        await using var service = await FederatedService.StartAsync();
        var fields = Assertion(await RuleAsync(service, "off"), service.Token());
        using var there = ExchangeClient.At(service, "127.0.0.2");

        var first = await service.FormAsync(fields).ShouldBeGrantedAsync();
        var second = await there.PostAsync(fields).ShouldBeGrantedAsync();

        ClaimsOf(second.Text("access_token"))
            .Text("family")
            .ShouldNotBe(ClaimsOf(first.Text("access_token")).Text("family"));
    }

    // Without jti the assertion is known by its signing input. The compatible JSON shape promises to leave no mark; what a
    // form grant marked it still refuses.
    [Theory]
    [InlineData("bound_reuse", "replayed")]
    [InlineData("single_use", "jti_reused")]
    public async Task NoTokenId_IsKnownByTheAssertionItself(string mode, string reason)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await RuleAsync(service, mode);
        var token = service.Token(claims => claims.Remove("jti"));
        using var here = ExchangeClient.At(service, "127.0.0.1");
        using var there = ExchangeClient.At(service, "127.0.0.2");
        await here.PostAsync(Assertion(rule, token)).ShouldBeGrantedAsync();

        (await DenialAsync(service, there, Assertion(rule, token))).ShouldBe(reason);
        var other = service.Token(claims =>
        {
            claims.Remove("jti");
            claims["run"] = "2";
        });
        await there.PostAsync(Assertion(rule, other)).ShouldBeGrantedAsync();
        if (mode == "single_use")
        {
            (await service.DenialAsync(rule, token)).ShouldBe("jti_reused");
        }
        else
        {
            await service.ExchangeAsync(rule, token).ShouldBeGrantedAsync();
        }

        var unmarked = service.Token(claims =>
        {
            claims.Remove("jti");
            claims["run"] = "3";
        });
        await service.ExchangeAsync(rule, unmarked).ShouldBeGrantedAsync();
        await service.ExchangeAsync(rule, unmarked).ShouldBeGrantedAsync();
    }

    // Another rule of the same issuer makes no second token of it.
    [Fact]
    public async Task SingleUse_OtherRuleOfTheIssuer_IsDenied()
    {
        await using var service = await FederatedService.StartAsync();
        var issuer = await service.IssuerAsync();
        var first = (
            await service.CreateAsync(FederatedService.Rules, service.RuleBody(issuer, await service.AccountAsync()))
        ).Id();
        var second = (
            await service.CreateAsync(FederatedService.Rules, service.RuleBody(issuer, await service.AccountAsync()))
        ).Id();
        var token = service.Token();
        using var job = ExchangeClient.WithKey(service);
        await job.PostAsync(Assertion(first, token)).ShouldBeGrantedAsync();

        (await DenialAsync(service, job, Assertion(second, token))).ShouldBe("jti_reused");
    }

    // All tokens of one assertion are revoked together, and it gets no further one.
    [Fact]
    public async Task BoundReuse_FamilyRevoked_IsDenied()
    {
        await using var service = await FederatedService.StartAsync();
        var fields = Assertion(await RuleAsync(service, "bound_reuse"), service.Token());
        using var job = ExchangeClient.WithKey(service);
        var granted = await job.PostAsync(fields).ShouldBeGrantedAsync();

        await service.RevokeFamilyAsync(ClaimsOf(granted.Text("access_token")).Text("family"));

        (await DenialAsync(service, job, fields)).ShouldBe("token_revoked");
    }

    // A20: unique tokens at will fill neither memory nor audit.
    [Fact]
    [Trait("Attack", "A20")]
    public async Task Quota_OfOneSubject_BoundsUniqueTokens()
    {
        await using var service = await FederatedService.StartAsync(o =>
            o with
            {
                Limits = o.Limits with { ExchangePerSubject = new RateLimit(3, TimeSpan.FromMinutes(1)) },
            }
        );
        var rule = await service.RuleAsync(body =>
            body["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/*" }
        );
        for (var i = 0; i < 3; i++)
        {
            await service.FormAsync(Assertion(rule, service.Token())).ShouldBeGrantedAsync();
        }

        var token = service.Token();
        using var limited = await service.FormAsync(Assertion(rule, token));
        ((int)limited.StatusCode).ShouldBe(429);
        limited.Header("Retry-After").ShouldBe("20");
        var body = await limited.JsonAsync();
        body.Text("error").ShouldBe("temporarily_unavailable");
        body.GetProperty("retryable").GetBoolean().ShouldBeTrue();
        using var json = await service.ExchangeAsync(rule, token);
        (await json.ErrorCodeAsync()).ShouldBe("exchange.quota_exceeded");
        await service
            .FormAsync(Assertion(rule, service.Token(c => c["sub"] = "repo:acme/other")))
            .ShouldBeGrantedAsync();

        // It was not used up by being refused.
        service.Time.Advance(TimeSpan.FromSeconds(20));
        await service.FormAsync(Assertion(rule, token)).ShouldBeGrantedAsync();
    }

    [Fact]
    [Trait("Attack", "A20")]
    public async Task Quota_OfOneIssuer_BoundsAllItsSubjects()
    {
        await using var service = await FederatedService.StartAsync(o =>
            o with
            {
                Limits = o.Limits with { ExchangePerIssuer = new RateLimit(2, TimeSpan.FromMinutes(1)) },
            }
        );
        var rule = await service.RuleAsync(body =>
            body["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/*" }
        );
        await service.FormAsync(Assertion(rule, service.Token(c => c["sub"] = "repo:acme/1"))).ShouldBeGrantedAsync();
        await service.FormAsync(Assertion(rule, service.Token(c => c["sub"] = "repo:acme/2"))).ShouldBeGrantedAsync();

        await service
            .FormAsync(Assertion(rule, service.Token(c => c["sub"] = "repo:acme/3")))
            .ShouldBeOAuthErrorAsync(429, "temporarily_unavailable");
        var other = await service.RuleAsync();
        await service.FormAsync(Assertion(other, service.Token())).ShouldBeGrantedAsync();
    }

    // A clock that was set back neither opens a window again nor forgets what was used.
    [Fact]
    public async Task ClockSetBack_LengthensNoWindow()
    {
        await using var service = await FederatedService.StartAsync();
        var fields = Assertion(await RuleAsync(service, "bound_reuse"), service.Token());
        using var job = ExchangeClient.At(service, "127.0.0.1");
        service.Time.Advance(TimeSpan.FromSeconds(20));
        await job.PostAsync(fields).ShouldBeGrantedAsync();

        service.Time.JumpTo(service.Time.GetUtcNow() - TimeSpan.FromSeconds(15));

        using var response = await job.PostAsync(fields);
        response.StatusCode.ShouldNotBe(HttpStatusCode.OK);
    }

    private static Task<string> RuleAsync(FederatedService service, string mode) =>
        service.RuleAsync(editIssuer: issuer => issuer["replay_mode"] = mode);

    private static async Task<string?> DenialAsync(
        FederatedService service,
        ExchangeClient client,
        IEnumerable<(string Name, string Value)> fields
    )
    {
        var body = await client.PostAsync(fields).ShouldBeOAuthErrorAsync(400, "invalid_grant");
        return (await service.HistoryOfAsync(body.Text("request_id")))!.Value.GetProperty("reason").GetString();
    }

    private static async Task<IReadOnlyList<JsonElement>> AlertsAsync(FederatedService service)
    {
        var audit = await service.GetAsync("/v1/audit?limit=100");
        return
        [
            .. audit
                .GetProperty("data")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("body"))
                .Where(body => body.Text("event") == "replay_detected")
                .Select(body => body.GetProperty("event_data")),
        ];
    }
}
