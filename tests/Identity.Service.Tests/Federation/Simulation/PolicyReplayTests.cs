using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Simulation;

public sealed class PolicyReplayTests
{
    [Fact]
    public async Task Replay_Edit_SaysWhoWouldNewlyPassAndFail()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await TryAsync(service, rule, "repo:acme/app:ref:refs/heads/main", 2);
        await TryAsync(service, rule, "repo:acme/app:ref:refs/heads/dev", 3);
        await TryAsync(service, rule, "repo:other/app:ref:refs/heads/dev", 1);

        var report = await ReplayAsync(
            service,
            rule,
            new JsonObject { ["subject_prefix"] = "repo:acme/app:ref:refs/heads/dev" }
        );

        report.GetProperty("events").GetInt32().ShouldBe(6);
        report.GetProperty("truncated").GetBoolean().ShouldBeFalse();
        report.GetProperty("still_denied").GetInt32().ShouldBe(1);
        var allowed = report.GetProperty("newly_allowed").EnumerateArray().Single();
        allowed.Text("subject").ShouldBe("repo:acme/app:ref:refs/heads/dev");
        allowed.GetProperty("events").GetInt32().ShouldBe(3);
        allowed.Text("reason").ShouldBe("match_subject_prefix");
        var denied = report.GetProperty("newly_denied").EnumerateArray().Single();
        denied.Text("subject").ShouldBe("repo:acme/app:ref:refs/heads/main");
        denied.GetProperty("events").GetInt32().ShouldBe(2);
        denied.Text("text").ShouldBe("only `sub` differs: got `repo:acme/app:ref:refs/heads/main`");
        (await service.GetAsync($"{FederatedService.Rules}/{rule}")).GetProperty("version").GetInt32().ShouldBe(1);
    }

    // Nothing is held but what one reading of the chain brought: the visitor stops the search where it wants.
    [Fact]
    public async Task VisitProven_StoppedByItsVisitor_ReadsNoFurther()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await TryAsync(service, rule, "repo:acme/app:ref:refs/heads/main", 3);
        var issuer = (await service.GetAsync($"{FederatedService.Rules}/{rule}")).Text("issuer_id");
        var history = service.Service.Get<IAuthenticationHistory>();
        var seen = 0;

        var isTruncated = await history.VisitProvenAsync(
            service.OrganizationId,
            issuer,
            service.Time.GetUtcNow().AddDays(-1),
            10,
            _ => new ValueTask<bool>(++seen < 2),
            TestContext.Current.CancellationToken
        );

        (seen, isTruncated).ShouldBe((2, false));
        (
            await history.VisitProvenAsync(
                service.OrganizationId,
                issuer,
                service.Time.GetUtcNow().AddDays(-1),
                2,
                _ => new ValueTask<bool>(true),
                TestContext.Current.CancellationToken
            )
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task Replay_TooOften_IsLimitedPerCaller()
    {
        await using var service = await FederatedService.StartAsync(options =>
            options with
            {
                Limits = options.Limits with { CostlyPerCaller = new RateLimit(1, TimeSpan.FromMinutes(1)) },
            }
        );
        var rule = await service.RuleAsync();
        var match = new JsonObject { ["subject_prefix"] = "repo:acme/app:*" };
        await ReplayAsync(service, rule, match.DeepClone().AsObject());

        await service
            .PostAsync(
                $"{FederatedService.Rules}/{rule}/replay",
                new JsonObject { ["changes"] = new JsonObject { ["match"] = match } }
            )
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
    }

    [Fact]
    public async Task Replay_OlderThanAsked_IsLeftOut()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await TryAsync(service, rule, "repo:acme/app:ref:refs/heads/dev", 1);
        service.Time.Advance(TimeSpan.FromDays(3));

        var report = await ReplayAsync(
            service,
            rule,
            new JsonObject { ["subject_prefix"] = "repo:acme/app:*" },
            days: 2
        );

        report.GetProperty("events").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Update_DryRun_AnswersTheReplayAndSavesNothing()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        await TryAsync(service, rule, "repo:acme/app:ref:refs/heads/dev", 1);
        var edit = new JsonObject { ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/app:*" } };

        var report = await service.CreateAsync($"{FederatedService.Rules}/{rule}?dry_run=true&days=1", edit);

        report.Text("type").ShouldBe("federation_rule_replay");
        report.GetProperty("newly_allowed_total").GetInt32().ShouldBe(1);
        (await service.GetAsync($"{FederatedService.Rules}/{rule}")).GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("True")]
    [InlineData("1")]
    [InlineData("")]
    public async Task Update_DryRunMisspelt_SavesNothing(string value)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();

        await service
            .Service.Api.PostAsync($"{FederatedService.Rules}/{rule}?dry_run={value}", """{"description":"changed"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        (await service.GetAsync($"{FederatedService.Rules}/{rule}")).GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"changes":{},"days":0}""", "request.invalid")]
    [InlineData("""{"changes":{},"days":91}""", "request.invalid")]
    [InlineData("""{"changes":{"match":{"subject_prefix":"*"}}}""", "federation.match")]
    public async Task Replay_BadRequest_IsRefused(string body, string code)
    {
        await using var service = await FederatedService.StartAsync();

        await service
            .Service.Api.PostAsync($"{FederatedService.Rules}/{await service.RuleAsync()}/replay", body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    private static async Task TryAsync(FederatedService service, string rule, string subject, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var _ = await service.ExchangeAsync(rule, service.Token(claims => claims["sub"] = subject));
        }
    }

    private static Task<JsonElement> ReplayAsync(
        FederatedService service,
        string rule,
        JsonObject match,
        int days = 7
    ) =>
        service.CreateAsync(
            $"{FederatedService.Rules}/{rule}/replay",
            new JsonObject
            {
                ["changes"] = new JsonObject { ["match"] = match },
                ["days"] = days,
            }
        );
}
