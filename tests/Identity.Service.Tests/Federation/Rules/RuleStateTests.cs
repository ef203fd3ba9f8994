using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules;

/// <summary>What each state of a rule does to live traffic.</summary>
public sealed class RuleStateTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Theory]
    [InlineData("draft", "rule_draft")]
    [InlineData("audit", "rule_audit_only")]
    [InlineData("disabled", "rule_disabled")]
    public async Task Exchange_NoVersionEnforced_IsDenied(string state, string reason)
    {
        var rule = await Service.RuleAsync(body => body["state"] = state);

        (await Service.DenialAsync(rule, Service.Token())).ShouldBe(reason);
        (await Service.GetAsync(Path(rule)))
            .GetProperty("enforced_version")
            .ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    // While a version is tried, the one before it decides, and the token names that one.
    [Fact]
    public async Task Exchange_NarrowerVersionInAudit_EnforcedVersionDecides()
    {
        var rule = await Service.RuleAsync();

        var tried = await UpdateAsync(rule, "audit", """{"subject_prefix":"repo:acme/other:ref:refs/heads/main"}""");

        tried.GetProperty("version").GetInt32().ShouldBe(2);
        tried.GetProperty("enforced_version").GetInt32().ShouldBe(1);
        using var response = await Service.ExchangeAsync(rule, Service.Token());
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await VersionOfAsync(response)).ShouldBe(1);
    }

    [Fact]
    public async Task Exchange_WiderVersionInAudit_GrantsNoMore()
    {
        var rule = await Service.RuleAsync(body =>
            body["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/other:*" }
        );

        await UpdateAsync(rule, "audit", """{"subject_prefix":"repo:acme/*"}""");

        (await Service.DenialAsync(rule, Service.Token())).ShouldBe("match_subject_prefix");
    }

    // What a version in audit would do is on record with every exchange, and changes nothing.
    [Theory]
    [InlineData("repo:acme/app:*", "repo:acme/*", "would_allow", null)]
    [InlineData("repo:acme/app:*", "repo:acme/other:*", "would_deny", "match_subject_prefix")]
    [InlineData("repo:acme/other:*", "repo:acme/*", "would_allow", null)]
    [InlineData("repo:acme/other:*", "repo:acme/more:*", "would_deny", "match_subject_prefix")]
    [InlineData(null, "repo:acme/*", "would_allow", null)]
    [InlineData(null, "repo:acme/other:*", "would_deny", "match_subject_prefix")]
    public async Task Exchange_VersionInAudit_IsRecorded(
        string? enforced,
        string tried,
        string decision,
        string? reason
    )
    {
        var rule = await Service.RuleAsync(body =>
        {
            body["match"] = new JsonObject { ["subject_prefix"] = enforced ?? tried };
            body["state"] = enforced is null ? "audit" : "enforce";
        });
        if (enforced is not null)
        {
            await UpdateAsync(rule, "audit", new JsonObject { ["subject_prefix"] = tried }.ToJsonString());
        }

        using var response = await Service.ExchangeAsync(rule, Service.Token());

        var trial = await TrialOfAsync(response.Header("request-id")!);
        trial.GetProperty("rule_ver").GetInt32().ShouldBe(enforced is null ? 1 : 2);
        trial.Text("decision").ShouldBe(decision);
        (trial.TryGetProperty("reason", out var recorded) ? recorded.GetString() : null).ShouldBe(reason);
    }

    [Fact]
    public async Task Exchange_AuditThenEnforced_NewVersionDecides()
    {
        var rule = await Service.RuleAsync(body =>
            body["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/other:*" }
        );
        await UpdateAsync(rule, "audit", """{"subject_prefix":"repo:acme/*"}""");

        await UpdateAsync(rule, "enforce");

        using var response = await Service.ExchangeAsync(rule, Service.Token());
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await VersionOfAsync(response)).ShouldBe(3);
    }

    // Switched off is off: trying a new version afterwards does not bring the old one back.
    [Theory]
    [InlineData("draft")]
    [InlineData("disabled")]
    public async Task Exchange_AuditAfterSwitchedOff_RevivesNothing(string state)
    {
        var rule = await Service.RuleAsync();
        await UpdateAsync(rule, state);

        await UpdateAsync(rule, "audit");

        (await Service.DenialAsync(rule, Service.Token())).ShouldBe("rule_audit_only");
    }

    [Theory]
    [InlineData("draft")]
    [InlineData("disabled")]
    public async Task Any_SwitchedOff_EndsItsTokens(string state)
    {
        var rule = await Service.RuleAsync();
        using var client = Service.Service.Client(await Service.AccessTokenAsync(rule));

        await UpdateAsync(rule, state);

        using var use = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        use.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await use.ErrorCodeAsync()).ShouldBe("token.revoked");
    }

    [Fact]
    public async Task Archive_InAudit_EndsTheEnforcedVersion()
    {
        var rule = await Service.RuleAsync();
        await UpdateAsync(rule, "audit");

        await Service.CreateAsync($"{Path(rule)}/archive");

        (await Service.DenialAsync(rule, Service.Token())).ShouldBe("rule_archived");
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(0, "rule_expired")]
    [InlineData(-1, "rule_expired")]
    public async Task Exchange_AtItsEnd_IsDenied(int secondsBefore, string? reason)
    {
        var end = Service.Time.GetUtcNow().AddSeconds(secondsBefore);
        var rule = await Service.RuleAsync(body =>
            body["expires_at"] = end.ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'",
                System.Globalization.CultureInfo.InvariantCulture
            )
        );

        if (reason is null)
        {
            await Service.AccessTokenAsync(rule);
        }
        else
        {
            (await Service.DenialAsync(rule, Service.Token())).ShouldBe(reason);
        }
    }

    [Theory]
    [InlineData("state", "\"on\"")]
    [InlineData("state", "\"Enforce\"")]
    [InlineData("state", "1")]
    [InlineData("bind", "\"tls\"")]
    [InlineData("expires_at", "\"tomorrow\"")]
    [InlineData("expires_at", "\"2026-01-01\"")]
    [InlineData("expires_at", "\"2026-01-01T00:00:00+02:00\"")]
    public async Task Update_BadOption_IsRefused(string member, string value)
    {
        var rule = await Service.RuleAsync();

        using var response = await Service.PostAsync(Path(rule), new JsonObject { [member] = JsonNode.Parse(value) });

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
    }

    [Fact]
    public async Task Update_Options_AreShownAndCleared()
    {
        var rule = await Service.RuleAsync();

        var set = await Service.CreateAsync(
            Path(rule),
            new JsonObject { ["bind"] = "dpop", ["expires_at"] = "2099-01-01T00:00:00Z" }
        );
        var cleared = await Service.CreateAsync(Path(rule), new JsonObject { ["expires_at"] = null });

        set.Text("bind").ShouldBe("dpop");
        set.Text("expires_at").ShouldBe("2099-01-01T00:00:00Z");
        cleared.GetProperty("expires_at").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        cleared.Text("bind").ShouldBe("dpop");
    }

    private async Task<System.Text.Json.JsonElement> TrialOfAsync(string requestId)
    {
        var audit = await Service.GetAsync("/v1/audit?limit=20");
        return audit
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("body"))
            .Single(entry => entry.TryGetProperty("request_id", out var id) && id.GetString() == requestId)
            .GetProperty("event_data")
            .GetProperty("candidate");
    }

    private static string Path(string rule) => $"{FederatedService.Rules}/{rule}";

    private static async Task<int> VersionOfAsync(HttpResponseMessage response)
    {
        var token = (await response.JsonAsync()).Text("access_token");
        var payload = System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]);
        return JsonNode.Parse(payload)!["rule_ver"]!.GetValue<int>();
    }

    private Task<System.Text.Json.JsonElement> UpdateAsync(string rule, string state, string? match = null)
    {
        var body = new JsonObject { ["state"] = state };
        if (match is not null)
        {
            body["match"] = JsonNode.Parse(match);
        }

        return Service.CreateAsync(Path(rule), body);
    }
}
