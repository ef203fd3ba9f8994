using System.Text;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Metrics;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Exchange;

/// <summary>A48: what an exchange leaves behind, everywhere. Tokens never, claims escaped and bounded.</summary>
[Trait("Attack", "A48")]
public sealed class ExchangeSinkTests
{
    [Fact]
    public async Task Exchange_AnyOutcome_LeavesNoTokenAnywhere()
    {
        using var logs = new CapturedLogs();
        using var metrics = new MetricsText("Culvert", "Microsoft", "System");
        await using var service = await FederatedService.StartAsync(configure: logs.AddTo);
        var rule = await service.RuleAsync(editIssuer: issuer => issuer["replay_mode"] = "bound_reuse");
        var secrets = new List<string>();
        using var job = ExchangeClient.WithKey(service);
        using var thief = ExchangeClient.WithKey(service);

        var assertion = Keep(service.Token());
        var proof = Keep(job.Proof()!);
        using var granted = await job.PostAsync(Assertion(rule, assertion), proof);
        var token = Keep((await granted.JsonAsync()).Text("access_token"));
        await thief.PostAsync(Assertion(rule, assertion)).ShouldBeOAuthErrorAsync(400, "invalid_grant");
        await job.PostAsync(Subject(rule, token, AccessToken)).ShouldBeGrantedAsync();
        await thief.PostAsync(Subject(rule, token, AccessToken)).ShouldBeOAuthErrorAsync(400, "invalid_request");
        using var broken = await service.FormAsync(Assertion(rule, Keep(service.Token()) + "x"));
        using var url = await service.FormAsync(
            Assertion(rule, assertion),
            message => message.RequestUri = new Uri($"/v1/oauth/token?assertion={assertion}", UriKind.Relative)
        );
        using var wrong = await service.ExchangeAsync(rule, Keep(service.Token(c => c["sub"] = "other")));

        var sinks = new Dictionary<string, string>
        {
            ["log"] = logs.Text,
            ["metrics"] = metrics.Write(),
            ["audit"] = (await service.GetAsync("/v1/audit?limit=100")).ToString(),
            ["history"] = (await service.GetAsync("/v1/authentication_history?limit=100")).ToString(),
            ["answers"] = await TextAsync(broken) + await TextAsync(url) + await TextAsync(wrong),
        };
        logs.Lines.Where(line => secrets.Exists(line.Contains)).ShouldBeEmpty();
        sinks["audit"].ShouldContain("platform_federated_authentication");
        sinks["log"].ShouldContain("is used by two clients");
        sinks["metrics"].ShouldContain("culvert_exchange_replays_detected");
        foreach (var (sink, text) in sinks)
        {
            foreach (var secret in secrets)
            {
                // Header and payload may be quoted in part nowhere, the signature least of all.
                text.ShouldNotContain(secret, Case.Sensitive, sink);
                text.ShouldNotContain(secret.Split('.')[1][..40], Case.Sensitive, sink);
                text.ShouldNotContain(secret.Split('.')[2][..40], Case.Sensitive, sink);
            }
        }

        string Keep(string secret)
        {
            secrets.Add(secret);
            return secret;
        }
    }

    // A line break in a claim or header does not start a new log line, and a long value is cut.
    [Theory]
    [InlineData("sub")]
    [InlineData("jti")]
    [InlineData("environment")]
    public async Task Exchange_ClaimWithLineBreak_ForgesNoLine(string claim)
    {
        using var logs = new CapturedLogs();
        await using var service = await FederatedService.StartAsync(configure: logs.AddTo);
        var rule = await service.RuleAsync();
        const string Forged = "x\nError 1 forged\r\u2028line";

        using var response = await service.ExchangeAsync(rule, service.Token(c => c[claim] = Forged));

        logs.Lines.ShouldAllBe(line => !line.Contains("\nError 1 forged", StringComparison.Ordinal));
        var history = (await service.HistoryOfAsync(response.Header("request-id")!))!.Value;
        (history.GetProperty("subject").GetString() ?? "").ShouldNotContain('\n');
        (history.GetProperty("detail").GetString() ?? "").ShouldNotContain('\n');
        (history.GetProperty("jti").GetString() ?? "").ShouldNotContain('\n');
    }

    [Fact]
    public async Task Exchange_HugeTextsOfTheCaller_AreCut()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        var huge = new string('a', 4000);

        using var response = await service.FormAsync(
            Assertion(rule, service.Token(c => c["aud"] = huge)),
            message => message.Headers.TryAddWithoutValidation("User-Agent", huge)
        );

        var history = (await service.HistoryOfAsync(response.Header("request-id")!))!.Value;
        history.Text("reason").ShouldBe("audience_mismatch");
        history.Text("detail").Length.ShouldBeLessThanOrEqualTo(256);
        history.Text("user_agent").Length.ShouldBeLessThanOrEqualTo(256);
    }

    private static async Task<string> TextAsync(HttpResponseMessage response) =>
        response.Headers
        + Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
}
