using System.Buffers.Text;
using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation;

public sealed class FederationDirectoryTests
{
    // A51: what a rule said before its keys came no longer counts once it was narrowed.
    [Fact]
    [Trait("Attack", "A51")]
    public async Task Exchange_RuleNarrowedWhileKeysAreFetched_IsJudgedAsItIsNow()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        EditWhileKeysAreFetched(
            service,
            rule,
            new JsonObject { ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/other:*" } }
        );

        using var response = await service.ExchangeAsync(rule, service.Token());

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var entry = (await service.HistoryOfAsync(response.Header("request-id")!))!.Value;
        entry.Text("reason").ShouldBe("match_subject_prefix");
        (await service.GetAsync($"{FederatedService.Rules}/{rule}")).GetProperty("version").GetInt32().ShouldBe(2);
    }

    [Fact]
    [Trait("Attack", "A51")]
    public async Task Exchange_RuleArchivedWhileKeysAreFetched_IsDenied()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        EditWhileKeysAreFetched(service, $"{rule}/archive", new JsonObject());

        (await service.DenialAsync(rule, service.Token())).ShouldBe("rule_archived");
    }

    [Fact]
    [Trait("Attack", "A51")]
    public async Task Exchange_RuleEditedWhileKeysAreFetched_TokenNamesTheVersionThatMatched()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        EditWhileKeysAreFetched(service, rule, new JsonObject { ["token_lifetime_seconds"] = 120 });

        using var response = await service.ExchangeAsync(rule, service.Token());

        var answer = await response.JsonAsync();
        answer.GetProperty("expires_in").GetInt32().ShouldBe(120);
        var payload = Base64Url.DecodeFromChars(answer.Text("access_token").Split('.')[1]);
        JsonNode.Parse(payload)!["rule_ver"]!.GetValue<int>().ShouldBe(2);
    }

    // The cost of a change does not grow with the estate.
    [Fact]
    public async Task Refresh_OneRuleChanged_ReadsAndPreparesThatRuleAlone()
    {
        CountingRuleStore? rules = null;
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IRuleStore>(provider =>
                rules = new CountingRuleStore(new RuleStore(provider.GetRequiredService<Database>()))
            )
        );
        var directory = service.Service.Get<Service.Federation.FederationDirectory>();
        var (first, second) = (await service.RuleAsync(), await service.RuleAsync());
        var before = directory.Current;
        rules!.Read.Clear();

        await service.CreateAsync($"{FederatedService.Rules}/{first}", new JsonObject { ["description"] = "b" });

        rules.Read.ShouldBe([first]);
        rules.ReadingsOfAll.ShouldBe(1);
        directory.Current.FindRule(first)!.Rule.Version.ShouldBe(2);
        directory.Current.FindRule(second).ShouldBeSameAs(before.FindRule(second));
        before.FindRule(first)!.Rule.Version.ShouldBe(1);
    }

    [Fact]
    public async Task Refresh_AccountChanged_ItsRulesSeeItAndKeepWhatWasPrepared()
    {
        await using var service = await FederatedService.StartAsync();
        var directory = service.Service.Get<Service.Federation.FederationDirectory>();
        var (first, second) = (await service.RuleAsync(), await service.RuleAsync());
        var before = directory.Current;
        var conditions = before.FindRule(first)!.Conditions;

        await service.CreateAsync(
            $"{FederatedService.Accounts}/{before.FindRule(first)!.Account.Id.Value}",
            new JsonObject { ["description"] = "b" }
        );

        directory.Current.FindRule(first)!.Account.Description.ShouldBe("b");
        directory.Current.FindRule(first)!.Conditions.ShouldBeSameAs(conditions);
        directory.Current.FindRule(second).ShouldBeSameAs(before.FindRule(second));
    }

    // A51, A52: a change that could not be read stops granting until it has been.
    [Fact]
    [Trait("Attack", "A51")]
    public async Task Reload_Fails_NothingIsGrantedUntilItSucceeds()
    {
        FailingRuleStore? rules = null;
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IRuleStore>(provider =>
                rules = new FailingRuleStore(new RuleStore(provider.GetRequiredService<Database>()))
            )
        );
        var rule = await service.RuleAsync();
        using var client = service.Service.Client(await service.AccessTokenAsync(rule));

        rules!.IsFailing = true;
        await service.CreateAsync($"{FederatedService.Rules}/{rule}/archive");

        using var exchange = await service.ExchangeAsync(rule, service.Token());
        exchange.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var use = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        use.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        rules.IsFailing = false;
        await service
            .Service.Get<Service.Federation.FederationDirectory>()
            .ReloadAsync(TestContext.Current.CancellationToken);
        (await service.DenialAsync(rule, service.Token())).ShouldBe("rule_archived");
    }

    private static void EditWhileKeysAreFetched(FederatedService service, string path, JsonObject edit)
    {
        var edited = 0;
        service.Provider.Script(
            TestIdentityProvider.KeySetPath,
            async http =>
            {
                if (Interlocked.Exchange(ref edited, 1) == 0)
                {
                    await service.CreateAsync($"{FederatedService.Rules}/{path}", edit);
                }

                await http.Response.WriteAsync(
                    new JsonObject { ["keys"] = service.Provider.Keys.DeepClone() }.ToJsonString(),
                    http.RequestAborted
                );
            }
        );
    }
}
