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

/// <summary>The rows of <c>docs/fail-closed.md</c> that concern the exchange; the page names each test.</summary>
public sealed class FailClosedTests
{
    [Fact]
    [Trait("Attack", "A52")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Store_BrokenBeforeTheRequest_NothingIsDecided()
    {
        var journal = new StuckJournal();
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IJournal>(provider => journal.Over(provider.GetRequiredService<Journal>()))
        );
        var rule = await service.RuleAsync();

        journal.IsHealthy = false;

        await service
            .ExchangeAsync(rule, service.Token())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
        journal.IsHealthy = true;
        await service.AccessTokenAsync(rule);
    }

    [Theory]
    [Trait("Attack", "A52")]
    [InlineData("single_use")]
    [InlineData("bound_reuse")]
    [InlineData("window")]
    [InlineData("off")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Store_FailsAtTheGrant_NoTokenLeaves(string replayMode)
    {
        FailingJournal? journal = null;
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IJournal>(provider =>
                journal = new FailingJournal(provider.GetRequiredService<Journal>())
            )
        );
        var rule = await service.RuleAsync(editIssuer: body => body["replay_mode"] = replayMode);
        await service.AccessTokenAsync(rule);

        journal!.FailNext();

        await service
            .ExchangeAsync(rule, service.Token())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
    }

    [Theory]
    [InlineData("aud")]
    [InlineData("iss")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Audit_DenialCannotBeRecorded_IsNotAnsweredAsOne(string claim)
    {
        FailingJournal? journal = null;
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IJournal>(provider =>
                journal = new FailingJournal(provider.GetRequiredService<Journal>())
            )
        );
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);

        journal!.FailNext();

        await service
            .ExchangeAsync(rule, service.Token(claims => claims[claim] = "https://other.test"))
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
    }

    [Fact]
    [Trait("Attack", "A52")]
    public async Task Rules_Unreadable_NothingIsGranted()
    {
        FailingRuleStore? rules = null;
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IRuleStore>(provider =>
                rules = new FailingRuleStore(new RuleStore(provider.GetRequiredService<Database>()))
            )
        );
        var rule = await service.RuleAsync();
        await service.AccessTokenAsync(rule);

        rules!.IsFailing = true;
        await Should.ThrowAsync<InvalidOperationException>(
            service.Service.Get<FederationDirectory>().ReloadAsync(TestContext.Current.CancellationToken)
        );

        await service
            .ExchangeAsync(rule, service.Token())
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
        await service
            .PostAsync(
                $"{FederatedService.Rules}/simulate",
                new JsonObject
                {
                    ["claims"] = new JsonObject { ["sub"] = "a" },
                    ["rule_id"] = rule,
                }
            )
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
    }

    [Theory]
    [Trait("Attack", "A52")]
    [InlineData("draft", "rule_draft")]
    [InlineData("disabled", "rule_disabled")]
    [InlineData("audit", "rule_audit_only")]
    public async Task Rules_WithoutAVersionInForce_GrantNothing(string state, string reason)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body => body["state"] = state);

        (await service.DenialAsync(rule, service.Token())).ShouldBe(reason);
    }

    [Fact]
    [Trait("Attack", "A52")]
    public async Task Rules_Expired_GrantNothing()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body => body["expires_at"] = "2026-01-01T01:00:00Z");
        await service.AccessTokenAsync(rule);
        service.Time.Advance(TimeSpan.FromHours(1));

        (await service.DenialAsync(rule, service.Token())).ShouldBe("rule_expired");
    }

    [Fact]
    public async Task Keys_NeverFetched_NothingIsBelieved()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        service.Provider.Script(
            TestIdentityProvider.KeySetPath,
            http =>
            {
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return Task.CompletedTask;
            }
        );

        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");
    }

    /// <summary>A journal that says whether it is healthy as the test wants it.</summary>
    private sealed class StuckJournal : IJournal
    {
        private IJournal? journal;

        public bool IsHealthy { get; set; } = true;

        public IJournal Over(IJournal real)
        {
            journal = real;
            return this;
        }

        public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken) =>
            journal!.CommitAsync(decision, cancellationToken);
    }
}
