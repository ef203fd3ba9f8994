using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Exchange;

public sealed class TokenExchangeTests
{
    [Fact]
    public async Task Exchange_Granted_IsAuditedWithItsClaims()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();

        using var response = await service.ExchangeAsync(rule, service.Token(claims => claims["jti"] = "once"));

        var entry = (await service.HistoryOfAsync(response.Header("request-id")!))!.Value;
        entry.Text("decision").ShouldBe("granted");
        entry.Text("federation_rule_id").ShouldBe(rule);
        entry.Text("subject").ShouldBe("repo:acme/app:ref:refs/heads/main");
        entry.Text("jti").ShouldBe("once");
        entry.Text("workspace_id").ShouldBe(service.WorkspaceId);
        entry.GetProperty("proven").GetBoolean().ShouldBeTrue();
        entry.GetProperty("claims").Text("environment").ShouldBe("prod");
        var audit = await service.LastAuditAsync("platform_federated_authentication");
        audit.ToString().ShouldNotContain((await response.JsonAsync()).Text("access_token"));
    }

    // S13: no grant without its row, and no denial that pretends to be one.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Exchange_StoreFails_IsRefusedWithoutToken()
    {
        FailingJournal? journal = null;
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IJournal>(provider =>
                journal = new FailingJournal(provider.GetRequiredService<Journal>())
            )
        );
        var rule = await service.RuleAsync();
        var token = service.Token();
        using var warm = await service.ExchangeAsync(rule, service.Token());
        warm.StatusCode.ShouldBe(HttpStatusCode.OK);

        journal!.FailNext();
        using var refused = await service.ExchangeAsync(rule, token);

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await refused.ErrorCodeAsync()).ShouldBe("store.unavailable");
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain(
            "access_token"
        );
    }

    // A19 after a restart: the journal's own column remembers.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Exchange_SameTokenAfterRestart_IsDenied()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        using var granted = await service.ExchangeAsync(rule, service.Token());
        granted.StatusCode.ShouldBe(HttpStatusCode.OK);
        var used = await ReplayKeyAsync(service);

        using var changes = new ChangeHub(service.Time, new JournalOptions(), NullLogger<ChangeHub>.Instance);
        using var restarted = new Journal(
            service.Service.Get<Database>(),
            new StoreNode("node-2", 2),
            new Ordinals(2, service.Time),
            new JournalOptions { DiskReserveBytes = 0 },
            changes,
            service.Time,
            NullLogger<Journal>.Instance
        );
        var again = await restarted.CommitAsync(
            new Decision { Event = new ThingHappened(service.Time.GetUtcNow()), Replay = used },
            TestContext.Current.CancellationToken
        );

        again.Outcome.ShouldBe(CommitOutcome.Replayed);
        var first = again.Existing.ShouldNotBeNull();
        ReplayTag.TryRead(first.Tag.Span, out var tag).ShouldBeTrue();
        var token = (await granted.JsonAsync()).Text("access_token");
        tag.Family.ShouldBe(FormCalls.ClaimsOf(token).Text("family"));
    }

    // I23
    [Fact]
    public async Task Exchange_ArchivedRule_IsDeniedAndItsTokensEnd()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        using var client = service.Service.Client(await service.AccessTokenAsync(rule));

        await service.CreateAsync($"{FederatedService.Rules}/{rule}/archive");

        (await service.DenialAsync(rule, service.Token())).ShouldBe("rule_archived");
        using var response = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe("token.revoked");
    }

    [Theory]
    [InlineData("repo:acme/*", "repo:acme/app:ref:refs/heads/main", true)]
    [InlineData("repo:acme/*", "repo:acme/", true)]
    [InlineData("repo:acme/*", "repo:acme", false)]
    [InlineData("repo:acme/*", "repo:acme-evil/app", false)]
    [InlineData("repo:acme/app", "repo:acme/app", true)]
    [InlineData("repo:acme/app", "repo:acme/app2", false)]
    public async Task Exchange_Subject_IsExactOrPrefix(string pattern, string subject, bool matches)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body => body["match"]!["subject_prefix"] = pattern);
        var token = service.Token(claims => claims["sub"] = subject);

        using var response = await service.ExchangeAsync(rule, token);

        response.StatusCode.ShouldBe(matches ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("\"prod\"", true)]
    [InlineData("\"pr\\u006fd\"", true)]
    [InlineData("\"Prod\"", false)]
    [InlineData("\"prod \"", false)]
    [InlineData("[\"prod\"]", false)]
    [InlineData("true", false)]
    [InlineData("null", false)]
    public async Task Exchange_Claims_AreExactStrings(string value, bool matches)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body =>
            body["match"] = new JsonObject { ["claims"] = new JsonObject { ["environment"] = "prod" } }
        );
        var claims = service.Provider.Claims(FederatedService.PublicUrl);
        claims.Remove("environment");
        var json = claims.ToJsonString();

        using var response = await service.ExchangeAsync(
            rule,
            service.Provider.SignText($"{json[..^1]},\"environment\":{value}}}")
        );

        response.StatusCode.ShouldBe(matches ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Exchange_ClaimAbsent_IsDeniedByName()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body => body["match"]!["claims"] = new JsonObject { ["team"] = "" });

        using var response = await service.ExchangeAsync(rule, service.Token());

        var entry = (await service.HistoryOfAsync(response.Header("request-id")!))!.Value;
        entry.Text("reason").ShouldBe("claim_missing");
        entry.Text("detail").ShouldBe("team");
    }

    [Fact]
    public async Task Exchange_AudienceOfRule_ReplacesTheDefault()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body => body["match"]!["audience"] = "culvert");

        (await service.DenialAsync(rule, service.Token())).ShouldBe("audience_mismatch");
        using var response = await service.ExchangeAsync(rule, service.Token(claims => claims["aud"] = "culvert"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // I03
    [Fact]
    public async Task Exchange_TwoWorkspaces_NeedsOneNamed()
    {
        await using var service = await FederatedService.StartAsync();
        var (first, second) = (await service.NewWorkspaceAsync(), await service.NewWorkspaceAsync());
        var account = await service.AccountAsync();
        await service.JoinAsync(account, second, "workspace_developer");
        var rule = await service.RuleAsync(body =>
        {
            body["workspace_id"] = first;
            body["target"]!["service_account_id"] = account;
        });
        await service.CreateAsync(
            $"{FederatedService.Rules}/{rule}/workspaces",
            new JsonObject { ["workspace_id"] = second }
        );

        (await service.DenialAsync(rule, service.Token())).ShouldBe("workspace_id_required");
        (await service.DenialAsync(rule, service.Token(), b => b["workspace_id"] = "default")).ShouldBe(
            "workspace_not_covered"
        );
        using var named = await service.ExchangeAsync(rule, service.Token(), b => b["workspace_id"] = second);
        named.Header("anthropic-workspace-id").ShouldBe(second);
    }

    [Fact]
    public async Task Exchange_DefaultAmongSeveral_IsTakenWhenNoneIsNamed()
    {
        await using var service = await FederatedService.StartAsync();
        var other = await service.NewWorkspaceAsync();
        var rule = await service.RuleAsync();
        await service.CreateAsync(
            $"{FederatedService.Rules}/{rule}/workspaces",
            new JsonObject { ["workspace_id"] = other }
        );

        using var unnamed = await service.ExchangeAsync(rule, service.Token());
        unnamed.Header("anthropic-workspace-id").ShouldBe(service.WorkspaceId);
        using var named = await service.ExchangeAsync(rule, service.Token(), b => b["workspace_id"] = "default");
        named.Header("anthropic-workspace-id").ShouldBe(service.WorkspaceId);
    }

    [Fact]
    public async Task Exchange_AllWorkspaces_CoversOwnOnesOnly()
    {
        await using var service = await FederatedService.StartAsync();
        var own = await service.NewWorkspaceAsync();
        var account = await service.AccountAsync();
        await service.JoinAsync(account, own, "workspace_developer");
        var rule = await service.RuleAsync(body =>
        {
            body["target"]!["service_account_id"] = account;
            body.Remove("workspace_id");
            body["applies_to_all_workspaces"] = true;
        });

        using var named = await service.ExchangeAsync(rule, service.Token(), b => b["workspace_id"] = own);
        named.StatusCode.ShouldBe(HttpStatusCode.OK);
        (
            await service.DenialAsync(rule, service.Token(), b => b["workspace_id"] = "wrkspc_010000000000000000000000")
        ).ShouldBe("workspace_not_covered");
    }

    // S31
    [Fact]
    public async Task Exchange_AboveLimitPerAddress_Is429()
    {
        await using var service = await FederatedService.StartAsync(o =>
            o with
            {
                Limits = o.Limits with { ExchangePerAddress = new RateLimit(2, TimeSpan.FromSeconds(1)) },
            }
        );
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var response = await service.ExchangeAsync("fdrl_010000000000000000000000", "x");
            statuses.Add(response.StatusCode);
        }

        statuses.ShouldBe([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests]);
        service.Time.Advance(TimeSpan.FromSeconds(1));
        using var later = await service.ExchangeAsync("fdrl_010000000000000000000000", "x");
        later.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Exchange_AboveGlobalLimit_Is429()
    {
        await using var service = await FederatedService.StartAsync(o =>
            o with
            {
                Limits = o.Limits with { ExchangeTotal = new RateLimit(1, TimeSpan.FromSeconds(1)) },
            }
        );
        using var first = await service.ExchangeAsync("fdrl_010000000000000000000000", "x");
        using var second = await service.ExchangeAsync("fdrl_010000000000000000000000", "x");

        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await second.ErrorCodeAsync()).ShouldBe("exchange.busy");
    }

    private static async Task<ReplayKey> ReplayKeyAsync(FederatedService service)
    {
        await using var connection = await service
            .Service.Get<Database>()
            .OpenReadAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT replay_key FROM journal WHERE replay_key IS NOT NULL";
        var key = (byte[])(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        return new ReplayKey(key, service.Time.GetUtcNow().AddMinutes(6));
    }
}
