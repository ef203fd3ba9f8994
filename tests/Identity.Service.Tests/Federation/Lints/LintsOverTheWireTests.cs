using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Federation.Lints;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Lints;

public sealed class LintsOverTheWireTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string LintPath = "/v1/organizations/federation_rules/lint";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Create_Dangerous_IsRefusedWithTheLintsId()
    {
        var body = await BodyAsync("""{"subject_prefix":"repo:acme*"}""");

        var error = await Service
            .PostAsync(FederatedService.Rules, body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.lint");

        error.GetProperty("details").Text("lint").ShouldBe("L04");
        error.Text("message").ShouldStartWith("L04: ");
    }

    [Fact]
    public async Task Update_IntoDangerous_IsRefused()
    {
        var rule = await Service.RuleAsync();

        await Service
            .PostAsync(
                $"{FederatedService.Rules}/{rule}",
                new JsonObject { ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme*" } }
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.lint");
    }

    [Fact]
    public async Task Create_WithWarnings_IsSavedAndAnswersAndAuditsThem()
    {
        var body = await BodyAsync("""{"subject_prefix":"agent"}""");
        body["token_lifetime_seconds"] = 7200;
        body["lint_justification"] = "batch jobs run for two hours";

        var created = await Service.CreateAsync(FederatedService.Rules, body);

        var lint = created.GetProperty("lints").EnumerateArray().ShouldHaveSingleItem();
        lint.Text("id").ShouldBe("L16");
        lint.Text("severity").ShouldBe("warning");
        (await Service.GetAsync($"{FederatedService.Rules}/{created.Text("id")}"))
            .ToString()
            .ShouldBe(created.ToString());
        var audited = (await Service.GetAsync("/v1/audit?limit=1")).GetProperty("data")[0].GetProperty("body");
        audited.GetProperty("event_data").GetProperty("lints")[0].GetString().ShouldBe("L16");
        audited.GetProperty("event_data").Text("lint_justification").ShouldBe("batch jobs run for two hours");
    }

    [Fact]
    public async Task Create_OverlongJustification_IsRefused()
    {
        var body = await BodyAsync("""{"subject_prefix":"agent"}""");
        body["lint_justification"] = new string('x', RuleReviewer.MaxJustificationLength + 1);

        await Service
            .PostAsync(FederatedService.Rules, body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Lint_Draft_SavesNothing()
    {
        var body = await BodyAsync("""{"subject_prefix":"repo:acme*"}""");

        var report = await Service.CreateAsync(LintPath, new JsonObject { ["rule"] = body });

        report.Text("lint_warnings").ShouldBe("report");
        var rule = report.GetProperty("data")[0];
        rule.GetProperty("federation_rule_id").ValueKind.ShouldBe(JsonValueKind.Null);
        rule.GetProperty("lints")[0].Text("id").ShouldBe("L04");
        var rules = await Service.GetAsync($"{FederatedService.Rules}?limit=100");
        rules.GetProperty("data").EnumerateArray().ShouldNotContain(r => r.Text("name") == (string)body["name"]!);
    }

    [Fact]
    public async Task Lint_All_NamesSuperfluousAndOverlappingRules()
    {
        await using var service = await FederatedService.StartAsync();
        var issuer = await service.IssuerAsync();
        var account = await service.AccountAsync();
        await AddAsync("wide", account, """{"subject_prefix":"repo:acme/"}""");
        await AddAsync("narrow", account, """{"subject_prefix":"repo:acme/","claims":{"environment":"prod"}}""");
        var other = await service.AccountAsync();
        await AddAsync("other", other, """{"claims":{"environment":"prod"}}""");
        await AddAsync("apart", other, """{"subject_prefix":"elsewhere"}""");

        var found = await FindingsAsync();

        found["narrow"].ShouldHaveSingleItem().ShouldContain("wide");
        found["other"].ShouldHaveSingleItem().ShouldContain("satisfy");
        found.ShouldNotContainKey("apart");

        async Task AddAsync(string name, string target, string match)
        {
            var body = service.RuleBody(issuer, target);
            body["name"] = name;
            // A prefix by another name: exact subjects cannot contain one another.
            body["match"] = JsonNode.Parse(match.Replace("acme/\"", "acme/*\"", StringComparison.Ordinal));
            await service.CreateAsync(FederatedService.Rules, body);
        }

        async Task<Dictionary<string, List<string>>> FindingsAsync()
        {
            var report = await service.CreateAsync(LintPath, []);
            report.GetProperty("checked").GetInt32().ShouldBe(4);
            return report
                .GetProperty("data")
                .EnumerateArray()
                .Select(rule =>
                    (
                        Name: rule.Text("name"),
                        Found: rule.GetProperty("lints")
                            .EnumerateArray()
                            .Where(lint => lint.Text("id") == RuleInventory.Id)
                            .Select(lint => lint.Text("message"))
                            .ToList()
                    )
                )
                .Where(rule => rule.Found.Count > 0)
                .ToDictionary(rule => rule.Name, rule => rule.Found);
        }
    }

    [Theory]
    [InlineData(89, false, false)]
    [InlineData(91, false, true)]
    [InlineData(91, true, true)]
    [InlineData(89, true, false)]
    public async Task Inventory_RuleWithoutExchangeFor90Days_IsUnused(int days, bool exchanged, bool unused)
    {
        var id = await Service.RuleAsync();
        if (exchanged)
        {
            await Service.AccessTokenAsync(id);
        }

        // A clock of its own: the service's has a second of work for each second that passes.
        var inventory = new RuleInventory(
            Service.Service.Get<IAuthenticationHistory>(),
            Service.Service.Options.Identity,
            new FakeTimeProvider(Service.Time.GetUtcNow().AddDays(days))
        );
        var rule = Service.Service.Get<FederationDirectory>().Current.FindRule(id)!;

        var (found, isComplete) = await inventory.FindAsync([rule], TestContext.Current.CancellationToken);

        found[id].Any(lint => lint.Message.Contains("90 days", StringComparison.Ordinal)).ShouldBe(unused);
        isComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task Inventory_ManyIdleRules_AreOneSearch()
    {
        await using var service = await FederatedService.StartAsync();
        var (used, idle) = (await service.RuleAsync(), await service.RuleAsync());
        await service.AccessTokenAsync(used);
        var history = new CountingHistory(service.Service.Get<IAuthenticationHistory>());
        var inventory = new RuleInventory(
            history,
            service.Service.Options.Identity,
            new FakeTimeProvider(service.Time.GetUtcNow().AddDays(90))
        );
        var rules = service.Service.Get<FederationDirectory>().Current.RulesIn(service.OrganizationId).ToList();

        var (found, _) = await inventory.FindAsync(rules, TestContext.Current.CancellationToken);

        history.Searches.ShouldBe(1);
        found[used].ShouldNotContain(lint => lint.Message.Contains("90 days", StringComparison.Ordinal));
        found[idle].ShouldContain(lint => lint.Message.Contains("90 days", StringComparison.Ordinal));
        history.IsCut = true;
        (await inventory.FindAsync(rules, TestContext.Current.CancellationToken)).IsComplete.ShouldBeFalse();
    }

    [Fact]
    public async Task Lint_AllTooOften_IsLimitedPerCaller()
    {
        await using var service = await FederatedService.StartAsync(options =>
            options with
            {
                Limits = options.Limits with { CostlyPerCaller = new RateLimit(2, TimeSpan.FromMinutes(1)) },
            }
        );
        await service.CreateAsync(LintPath, []);
        await service.CreateAsync(LintPath, []);

        await service.PostAsync(LintPath, []).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");

        service.Time.Advance(TimeSpan.FromSeconds(30));
        await service.CreateAsync(LintPath, []);
    }

    private async Task<JsonObject> BodyAsync(string match)
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body["match"] = JsonNode.Parse(match);
        return body;
    }

    private sealed class CountingHistory(IAuthenticationHistory inner) : IAuthenticationHistory
    {
        public int Searches { get; private set; }

        public bool IsCut { get; set; }

        public async ValueTask<(IReadOnlySet<string> Used, bool IsComplete)> UsedRulesAsync(
            string organizationId,
            IReadOnlySet<string> ruleIds,
            DateTimeOffset since,
            CancellationToken cancellationToken
        )
        {
            Searches++;
            var (used, isComplete) = await inner.UsedRulesAsync(organizationId, ruleIds, since, cancellationToken);
            return (used, isComplete && !IsCut);
        }

        public ValueTask<HistoryPage> ListAsync(
            HistoryQuery query,
            long before,
            int count,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public ValueTask<HistoryEntry?> FindAsync(
            string organizationId,
            string requestId,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public ValueTask<bool> VisitProvenAsync(
            string organizationId,
            string issuerId,
            DateTimeOffset since,
            int maxEntries,
            Func<ProvenClaims, ValueTask<bool>> visit,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();
    }
}
