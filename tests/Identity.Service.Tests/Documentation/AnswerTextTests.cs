using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tokens.Binding;
using Culvert.Identity.Service.Tokens.Introspection;
using Culvert.Jose.Tokens;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>
/// The whole texts of answers whose members may be absent or repeat stored JSON, as answers.txt has them: a member keeps its
/// name, its form and its place. Ids, hashes and ports, which differ from run to run, are replaced by their kind.
/// </summary>
public sealed partial class AnswerTextTests : IAsyncLifetime
{
    private const string Golden = "tests/Identity.Service.Tests/Documentation/answers.txt";
    private const string History = "/v1/authentication_history";
    private const string Simulation = $"{FederatedService.Rules}/simulate";
    private const string Form = "application/x-www-form-urlencoded";

    private readonly StringBuilder texts = new();
    private FederatedService service = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => service = await FederatedService.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Answers_WholeTexts_AreAsRecorded()
    {
        await AddAsync("clock", "/v1/clock");
        await AddAsync("metadata of the server", "/.well-known/oauth-authorization-server");
        await AddAsync("metadata of the resource", "/.well-known/oauth-protected-resource");
        await AddTokensAsync();
        await AddExchangesAsync();
        await AddSimulationsAsync();
        await AddAsync("audit entry", "/v1/audit?event=platform_federation_rule_created&limit=1");
        await AddAsync("no audit entries", "/v1/audit?event=token_revoked");

        texts.ToString().ShouldBe(await File.ReadAllTextAsync(CheckoutFolder.GetPath(Golden), Cancellation));
    }

    private async Task AddTokensAsync()
    {
        var rule = await service.RuleAsync();
        await AddTokenAsync("introspection of a bearer token", await service.AccessTokenAsync(rule));
        await AddTokenAsync("introspection of no token", "x.y.z");
        await AddTokenAsync(
            "introspection of a bound and delegated token",
            await service.MintAsync(
                rule,
                claims =>
                    claims with
                    {
                        Confirmation = new() { KeyThumbprint = "key", CertificateThumbprint = "certificate" },
                        Actor = new TokenActor("svac_b", "https://b.test/<é>", new TokenActor("svac_c")),
                        MayAct = new TokenMayAct("https://a.test", "it's + &"),
                        NotBefore = claims.IssuedAt,
                        Source = claims.Source! with { TokenIdHash = null },
                    }
            )
        );
        await AddTokenAsync(
            "introspection of a token for no party",
            await service.MintAsync(rule, claims => claims with { MayAct = TokenMayAct.Nobody, Family = null })
        );
    }

    private async Task AddExchangesAsync()
    {
        var rule = await service.RuleAsync(body =>
            body["match"]!["claims"] = new JsonObject { ["environment"] = "prod", ["team"] = "a" }
        );
        var token = service.Token(claims => claims["team"] = "a");
        using var granted = await service.ExchangeAsync(rule, token);
        using var reused = await service.ExchangeAsync(rule, token);
        using var denied = await service.ExchangeAsync(
            rule,
            service.Token(claims => claims["environment"] = "<é> \"quoted\"")
        );
        using var malformed = await service.ExchangeAsync(rule, "x");
        await service.CreateAsync(
            $"{FederatedService.Rules}/{rule}",
            new JsonObject
            {
                ["state"] = "audit",
                ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/other:*" },
            }
        );
        using var tried = await service.ExchangeAsync(rule, service.Token(claims => claims["team"] = "a"));
        using var account = service.Service.Client((await granted.JsonAsync()).Text("access_token"));

        await AddAsync("history", $"{History}?federation_rule_id={rule}");
        foreach (
            var (name, exchange) in new[]
            {
                ("grant", granted),
                ("grant with a candidate", tried),
                ("reused token", reused),
                ("denial", denied),
                ("malformed token", malformed),
            }
        )
        {
            var path = $"{History}/{exchange.Header("request-id")}";
            await AddAsync($"explanation of a {name}", path);
            await AddAsync($"the account's view of a {name}", path, account);
        }

        await AddAsync(
            "next version simulated",
            Simulation,
            body: new() { ["token"] = service.Token(), ["rule_id"] = rule }
        );
        await AddAsync(
            "replay",
            $"{FederatedService.Rules}/{rule}/replay",
            body: new()
            {
                ["changes"] = new JsonObject { ["match"] = new JsonObject { ["subject_prefix"] = "repo:acme/*" } },
            }
        );
        await AddAsync(
            "replay of a narrower rule",
            $"{FederatedService.Rules}/{rule}?dry_run=true&days=1",
            body: new()
            {
                ["match"] = new JsonObject { ["subject_prefix"] = "repo:none/*" },
                ["state"] = "draft",
            }
        );
    }

    private async Task AddSimulationsAsync()
    {
        var issuer = await service.IssuerAsync(body => body["issuer_url"] = "https://issuer.test");
        var claims = new JsonObject
        {
            ["iss"] = "https://issuer.test",
            ["sub"] = "repo:acme/app:ref:refs/heads/main",
            ["environment"] = "dev",
        };
        foreach (var environment in new[] { "prod", "staging" })
        {
            var body = service.RuleBody(issuer, await service.AccountAsync());
            body["match"]!["claims"] = new JsonObject { ["environment"] = environment };
            await service.CreateAsync(FederatedService.Rules, body);
        }

        await AddAsync("search without a match", Simulation, body: new() { ["claims"] = claims.DeepClone() });
        claims["environment"] = "prod";
        await AddAsync("search with a match", Simulation, body: new() { ["claims"] = claims.DeepClone() });
        await service.CreateAsync(FederatedService.Rules, service.RuleBody(issuer, await service.AccountAsync()));
        await AddAsync("ambiguous search", Simulation, body: new() { ["claims"] = claims.DeepClone() });

        var draft = service.RuleBody(issuer, await service.AccountAsync());
        await AddAsync(
            "draft simulated",
            Simulation,
            body: new() { ["claims"] = claims.DeepClone(), ["rule"] = draft }
        );
        draft["match"]!["condition"] = "claims.environment == 'none'";
        await AddAsync(
            "draft with a condition simulated",
            Simulation,
            body: new() { ["claims"] = claims.DeepClone(), ["rule"] = draft.DeepClone() }
        );
    }

    private Task AddTokenAsync(string name, string token) =>
        AddAsync(
            name,
            service.Service.Api.PostAsync(
                IntrospectionEndpoint.Path,
                new StringContent($"token={token}", Encoding.ASCII, Form),
                Cancellation
            )
        );

    private Task AddAsync(string name, string path, HttpClient? client = null, JsonObject? body = null) =>
        AddAsync(
            name,
            body is null
                ? (client ?? service.Service.Api).GetAsync(path, Cancellation)
                : service.PostAsync(path, body, client)
        );

    private async Task AddAsync(string name, Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue($"{name}: {text}");
        text = Id().Replace(text, "$1_…");
        text = Digest().Replace(text, "<digest>");
        text = Number().Replace(text, "$1…");
        texts.Append(name).Append('\t').Append(text).Append('\n');
    }

    [GeneratedRegex("([a-z]+)_01[0-9A-Za-z]{22}")]
    private static partial Regex Id();

    // Hexadecimal, base64url, UUIDs and cursors.
    [GeneratedRegex(
        "(?<=\")([0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64}|(?=[a-z_]*[0-9A-Z-])[0-9A-Za-z_-]{22}|[0-9A-Za-z_-]{43}"
            + "|YXVkaXQ6[0-9A-Za-z]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=\")"
    )]
    private static partial Regex Digest();

    // Ports, places in a chain, and the names of rules, whose order follows from their ids.
    [GeneratedRegex("(https://[a-z0-9.]+:|\"sequence\":|\"rule-)[0-9]+")]
    private static partial Regex Number();
}
