using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.InnerTls;

/// <summary><c>POST /v1/certificates</c> with the identity provider's token in the body: exchange and order in one.</summary>
public sealed class AssertedOrderTests : IAsyncLifetime
{
    private const string Path = "/v1/certificates";
    private const string Exchanged = "platform_federated_authentication";

    private FederatedService federated = null!;
    private OfflineRoot root = null!;
    private CountingJournal journal = null!;
    private string tunnelId = "";
    private string rule = "";

    public async ValueTask InitializeAsync()
    {
        federated = await FederatedService.StartAsync(
            configure: services =>
                services
                    .AddSingleton(provider => new InterruptingJournal(provider.GetRequiredService<Journal>()))
                    .AddSingleton(provider => new CountingJournal(provider.GetRequiredService<InterruptingJournal>()))
                    .AddSingleton<IJournal>(provider => provider.GetRequiredService<CountingJournal>()),
            options: options => options with { Certificates = options.Certificates with { SingleApproval = true } }
        );
        journal = federated.Service.Get<CountingJournal>();
        root = new OfflineRoot(federated.Time.GetUtcNow());
        tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        await IssuingBenchFixture.ActivateAsync(federated.Service, tunnelId, root);
        rule = await RuleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await federated.DisposeAsync();
        root.Dispose();
    }

    [Fact]
    public async Task Order_ByAssertion_RecordsTheExchangeWithTheIntent()
    {
        var before = journal.Commits;

        using var response = await OrderAsync(federated.Token());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.JsonAsync()).GetProperty("certificate").Text("serial").ShouldNotBeNull();
        (journal.Commits - before).ShouldBe(2);
        var id = response.Header("request-id")!;
        var entries = await EntriesAsync(id);
        entries.Select(entry => entry.Text("event")).ShouldBe([Exchanged, "certificate_signing", "certificate_signed"]);
        var exchange = entries[0].GetProperty("event_data");
        exchange.Text("form").ShouldBe("certificate");
        exchange.Text("scope").ShouldBe("certificate:issue");
        exchange.TryGetProperty("token_id", out _).ShouldBeFalse();
        exchange.TryGetProperty("token_expires_at", out _).ShouldBeFalse();
        (await federated.HistoryOfAsync(id))!.Value.Text("decision").ShouldBe("granted");
    }

    [Fact]
    public async Task Order_ByAssertion_BringsTheTrustBundle()
    {
        using var response = await OrderAsync(federated.Token());
        var token = await federated.AccessTokenAsync(rule);
        using var client = federated.Service.Client(token);
        var advice = await client.GetOkAsync($"/v1/certificates/renewal?tunnel_id={tunnelId}");
        using var other = await client.PostAsync(Path, Body(null).ToJsonString());

        var bundle = (await response.JsonAsync()).GetProperty("trust_bundle");
        bundle.ToString().ShouldBe(advice.GetProperty("trust_bundle").ToString());
        bundle.Text("pem").ShouldContain("BEGIN CERTIFICATE");
        (await other.JsonAsync()).TryGetProperty("trust_bundle", out _).ShouldBeFalse();
    }

    // What the two-request way records of who and what, this one records as well.
    [Fact]
    public async Task Order_ByAssertion_RecordsTheSameActorsAsTwoRequests()
    {
        using var one = await OrderAsync(federated.Token());
        var token = await federated.AccessTokenAsync(rule);
        using var client = federated.Service.Client(token);
        using var two = await client.PostAsync(Path, Body(null).ToJsonString());

        var entries = await EntriesAsync(one.Header("request-id")!);
        var former = await EntriesAsync(two.Header("request-id")!);
        var exchange = await federated.LastAuditAsync(Exchanged);

        entries[0].GetProperty("actor").ToString().ShouldBe(exchange.GetProperty("actor").ToString());
        entries[1].GetProperty("actor").ToString().ShouldBe(former[0].GetProperty("actor").ToString());
        Names(entries[1]).ShouldBe(Names(former[0]));
        Names(entries[0]).ShouldBe(Names(exchange).Where(name => name is not ("token_id" or "token_expires_at")));
        (
            await federated.GetAsync(
                $"/v1/tokens?principal={exchange.GetProperty("event_data").Text("service_account_id")}"
            )
        )
            .GetProperty("data")
            .GetArrayLength()
            .ShouldBe(1);

        static IEnumerable<string> Names(JsonElement entry) =>
            entry.GetProperty("event_data").EnumerateObject().Select(member => member.Name);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Assertion_UsedInOneWay_IsRefusedInEveryOther()
    {
        var exchanged = federated.Token();
        using var granted = await federated.ExchangeAsync(rule, exchanged);
        granted.StatusCode.ShouldBe(HttpStatusCode.OK);
        var ordered = federated.Token();
        using var issued = await OrderAsync(ordered);
        issued.StatusCode.ShouldBe(HttpStatusCode.OK);

        await ShouldDenyAsync(OrderAsync(exchanged), "jti_reused");
        await ShouldDenyAsync(OrderAsync(ordered), "jti_reused");
        (await federated.DenialAsync(rule, ordered)).ShouldBe("jti_reused");

        await federated.RestartAsync();
        await ShouldDenyAsync(OrderAsync(ordered), "jti_reused");
        (await federated.DenialAsync(rule, ordered)).ShouldBe("jti_reused");
        (await CertificatesAsync()).ShouldBe(1);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Assertion_UsedByManyAtOnce_IssuesOnce()
    {
        var assertion = federated.Token();

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OrderAsync(assertion)));

        responses.Count(response => response.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        foreach (var denied in responses.Where(response => response.StatusCode != HttpStatusCode.OK))
        {
            (await denied.ErrorCodeAsync()).ShouldBe("exchange.failed");
            denied.Headers.Contains("anthropic-organization-id").ShouldBeFalse();
        }

        (await CertificatesAsync()).ShouldBe(1);
        foreach (var response in responses)
        {
            response.Dispose();
        }
    }

    // The exchange granted: what comes afterwards has its own code, and the assertion counts as used.
    [Theory]
    [InlineData("scope", HttpStatusCode.Forbidden, "auth.scope")]
    [InlineData("tunnel", HttpStatusCode.Forbidden, "issue.tunnel")]
    [InlineData("unknown", HttpStatusCode.NotFound, "request.not_found")]
    [InlineData("authority", HttpStatusCode.Conflict, "ca.not_active")]
    [InlineData("workspace", HttpStatusCode.Forbidden, "auth.workspace")]
    public async Task Refusal_AfterTheExchange_UsesTheAssertion(string what, HttpStatusCode status, string code)
    {
        var wanted = tunnelId;
        string? workspace = null;
        switch (what)
        {
            case "scope":
                rule = await federated.RuleAsync();
                break;
            case "tunnel":
                wanted = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
                break;
            case "unknown":
                wanted = "tnl_010000000000000000000000";
                break;
            case "authority":
                wanted = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
                rule = await RuleAsync(wanted);
                break;
            default:
                workspace = await federated.NewWorkspaceAsync();
                break;
        }

        var assertion = federated.Token();
        using var message = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(
                Body(assertion, wanted).ToJsonString(),
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        if (workspace is not null)
        {
            message.Headers.Add("anthropic-workspace-id", workspace);
        }

        using var response = await federated.SendAnonymousAsync(message);

        response.StatusCode.ShouldBe(status);
        (await response.ErrorCodeAsync()).ShouldBe(code);
        (await federated.HistoryOfAsync(response.Header("request-id")!))!.Value.Text("decision").ShouldBe("granted");
        (await federated.DenialAsync(rule, assertion)).ShouldBe("jti_reused");
        (await CertificatesAsync()).ShouldBe(0);
    }

    // Not even an exchange: the same assertion is good afterwards.
    [Theory]
    [InlineData("csr", "csr.malformed")]
    [InlineData("rule", "request.invalid")]
    [InlineData("rule missing", "request.invalid")]
    [InlineData("organization", "request.invalid")]
    [InlineData("account", "request.invalid")]
    [InlineData("workspace", "request.invalid")]
    [InlineData("unknown member", "request.invalid")]
    [InlineData("too long", "request.invalid")]
    [InlineData("empty", "request.invalid")]
    public async Task Malformed_WithAssertion_IsNamedAndUsesNothing(string what, string code)
    {
        var assertion = federated.Token();
        var body = Body(assertion);
        switch (what)
        {
            case "csr":
                body["csr"] = "x";
                break;
            case "rule":
                body["federation_rule_id"] = "rule";
                break;
            case "rule missing":
                body.Remove("federation_rule_id");
                break;
            case "organization":
                body["organization_id"] = "acme";
                break;
            case "account":
                body["service_account_id"] = "robot";
                break;
            case "workspace":
                body["workspace_id"] = "here";
                break;
            case "unknown member":
                body["grant_type"] = "x";
                break;
            case "too long":
                body["assertion"] = new string('a', (16 * 1024) + 1);
                break;
            default:
                body["assertion"] = "";
                break;
        }

        using var response = await federated.PostAnonymousAsync(Path, body.ToJsonString());

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldBe(code);
        using var good = await OrderAsync(assertion);
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Order_WithCredentialAndAssertion_IsRefused()
    {
        var assertion = federated.Token();
        using var client = federated.Service.Client(await federated.AccessTokenAsync(rule));

        await client
            .PostAsync(Path, Body(assertion).ToJsonString())
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        var withoutToken = Body(null);
        withoutToken["federation_rule_id"] = rule;
        await client
            .PostAsync(Path, withoutToken.ToJsonString())
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        using var good = await OrderAsync(assertion);
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // What an agent or job of this version tells an older service by: its answer to a body with an assertion.
    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("{\"tunnel_id\":\"tnl_010000000000000000000000\",\"csr\":\"x\"}")]
    public async Task Order_WithoutCredentialAndAssertion_LacksACredential(string body) =>
        await federated.PostAnonymousAsync(Path, body).ShouldRefuseAsync(HttpStatusCode.Unauthorized, "auth.missing");

    [Fact]
    public async Task Order_WithABadCredentialAndAssertion_IsNotExchanged()
    {
        var assertion = federated.Token();
        using var client = federated.Service.Client("nonsense");

        await client
            .PostAsync(Path, Body(assertion).ToJsonString())
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.malformed");

        using var good = await OrderAsync(assertion);
        good.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Denial_OfTheAssertion_IsTheExchangesOwn()
    {
        await ShouldDenyAsync(OrderAsync(federated.Token(claims => claims["sub"] = "other")), "match_subject_prefix");
        (await CertificatesAsync()).ShouldBe(0);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Order_RuleEndsBeforeTheIntent_UsesTheAssertionAndSignsNothing()
    {
        var assertion = federated.Token();
        federated
            .Service.Get<InterruptingJournal>()
            .BeforeNextIntent(() => federated.CreateAsync($"{FederatedService.Rules}/{rule}/archive"));

        using var response = await OrderAsync(assertion);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.ErrorCodeAsync()).ShouldBe("renewal.disabled");
        (await EntriesAsync(response.Header("request-id")!)).Select(entry => entry.Text("event")).ShouldBe([Exchanged]);
        (await CertificatesAsync()).ShouldBe(0);
    }

    // The first answer was lost: the holder of the same key gets the same certificate, any other caller none.
    [Fact]
    public async Task Repeat_OfABoundAssertion_GivesTheSameCertificate()
    {
        rule = await RuleAsync(bind: "dpop");
        var body = Body(federated.Token()).ToJsonString();
        using var client = ExchangeClient.WithKey(federated);
        using var thief = ExchangeClient.WithKey(federated);

        using var first = await client.PostJsonAsync(body, Path, "once");
        using var again = await client.PostJsonAsync(body, Path, "once");
        using var stolen = await thief.PostJsonAsync(body, Path, "once");

        var serial = (await first.JsonAsync()).GetProperty("certificate").Text("serial");
        (await again.JsonAsync()).GetProperty("certificate").Text("serial").ShouldBe(serial);
        (await stolen.ErrorCodeAsync()).ShouldBe("exchange.failed");
        (await CertificatesAsync()).ShouldBe(1);
        var exchanges = (await EntriesAsync(again.Header("request-id")!)).ShouldHaveSingleItem();
        exchanges.GetProperty("event_data").GetProperty("reissue").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Bind_MissingProof_IsTheOpaqueDenial()
    {
        rule = await RuleAsync(bind: "dpop");

        await ShouldDenyAsync(OrderAsync(federated.Token()), "binding_required");
    }

    private Task<string> RuleAsync(string? tunnel = null, string? bind = null) =>
        federated.RuleAsync(body =>
        {
            body["oauth_scope"] = "certificate:issue";
            body["tunnel_ids"] = new JsonArray(tunnel ?? tunnelId);
            if (bind is not null)
            {
                body["bind"] = bind;
            }
        });

    private Task<HttpResponseMessage> OrderAsync(string assertion) =>
        federated.PostAnonymousAsync(Path, Body(assertion).ToJsonString());

    private JsonObject Body(string? assertion, string? tunnel = null)
    {
        using var key = CertificateRequests.NewKey();
        var body = new JsonObject { ["tunnel_id"] = tunnel ?? tunnelId, ["csr"] = CertificateRequests.Create(key) };
        if (assertion is not null)
        {
            body["assertion"] = assertion;
            body["federation_rule_id"] = rule;
            body["organization_id"] = federated.OrganizationId;
        }

        return body;
    }

    private async Task ShouldDenyAsync(Task<HttpResponseMessage> call, string reason)
    {
        using var response = await call;
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe("exchange.failed");
        (await federated.HistoryOfAsync(response.Header("request-id")!))!.Value.Text("reason").ShouldBe(reason);
    }

    private async Task<int> CertificatesAsync() =>
        (await federated.GetAsync($"/v1/certificates?tunnel_id={tunnelId}")).GetProperty("data").GetArrayLength();

    // Oldest first.
    private async Task<IReadOnlyList<JsonElement>> EntriesAsync(string requestId) =>
        [
            .. (await federated.GetAsync("/v1/audit?limit=100"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("body"))
                .Where(body => body.TryGetProperty("request_id", out var id) && id.GetString() == requestId)
                .Reverse(),
        ];
}
