using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Culvert.Testing.Keys;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Exchange;

/// <summary>
/// A caller that probes rules, keys and claims sees one refusal: the same status, headers, body, and class of time.
/// </summary>
public sealed class ConstantShapeTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string UnknownRule = "fdrl_010000000000000000000000";
    private const int Rounds = 60;

    private readonly string csr = CertificateRequests.Create(TestKeys.OtherRsa());

    private FederatedService Service => fixture.Service;

    [Theory]
    [Trait("Attack", "A47")]
    [InlineData("json")]
    [InlineData("jwt_bearer")]
    [InlineData("token_exchange")]
    [InlineData("certificate")]
    public async Task Refusal_BeforeAndAfterTheSignature_LooksTheSame(string form)
    {
        var shapes = new Dictionary<string, string>();
        foreach (var (name, rule, token) in await RefusalsAsync())
        {
            shapes[name] = await ShapeAsync(await SendAsync(form, rule, token));
        }

        shapes.Count.ShouldBeGreaterThan(10);
        var first = shapes.First();
        foreach (var (name, shape) in shapes)
        {
            shape.ShouldBe(first.Value, $"{name} differs from {first.Key}");
        }
    }

    // Medians over interleaved rounds: classes differ by their work (a fetch, a wait), not by some microseconds, and
    // noise of the machine affects all of them alike.
    [Fact]
    [Trait("Attack", "A47")]
    public async Task Refusal_BeforeAndAfterTheSignature_TakesTheSameClassOfTime()
    {
        var refusals = (await RefusalsAsync())
            .Where(refusal => refusal.Name is "signature" or "kid" or "audience" or "claims" or "expired" or "issuer")
            .ToList();
        var times = refusals.ToDictionary(refusal => refusal.Name, _ => new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (name, rule, token) in refusals)
            {
                var started = Stopwatch.GetTimestamp();
                using var response = await SendAsync("json", rule, token);
                times[name].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        var medians = times.ToDictionary(entry => entry.Key, entry => entry.Value.Order().ElementAt(Rounds / 2));
        var (fastest, slowest) = (medians.Values.Min(), medians.Values.Max());
        slowest.ShouldBeLessThan(
            (fastest * 4) + 10,
            string.Join(", ", medians.Select(entry => $"{entry.Key} {entry.Value:0.00} ms"))
        );
    }

    private async Task<IReadOnlyList<(string Name, string Rule, string Token)>> RefusalsAsync()
    {
        var rule = await Service.RuleAsync(body =>
            body["match"]!["claims"] = new JsonObject { ["environment"] = "prod" }
        );
        using var granted = await Service.ExchangeAsync(rule, Service.Token());
        granted.StatusCode.ShouldBe(HttpStatusCode.OK);
        var archived = await Service.RuleAsync();
        await Service.CreateAsync($"{FederatedService.Rules}/{archived}/archive");
        var draft = await Service.RuleAsync(body => body["state"] = "draft");
        using var stranger = TestKeys.OtherRsa();
        var claims = Service.Provider.Claims(FederatedService.PublicUrl).ToJsonString();
        var used = Service.Token();
        using var first = await Service.ExchangeAsync(rule, used);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        return
        [
            ("unknown rule", UnknownRule, Service.Token()),
            ("archived rule", archived, Service.Token()),
            ("draft rule", draft, Service.Token()),
            ("malformed", rule, "x"),
            (
                "type",
                rule,
                Service.Provider.Sign(
                    (JsonObject)JsonNode.Parse(claims)!,
                    """{"alg":"RS256","kid":"rsa-1","typ":"dpop+jwt"}"""
                )
            ),
            ("issuer", rule, Service.Token(c => c["iss"] = "https://other.test")),
            ("kid", rule, TestIdentityProvider.SignWith(stranger, """{"alg":"RS256","kid":"x"}""", claims)),
            ("signature", rule, TestIdentityProvider.SignWith(stranger, """{"alg":"RS256","kid":"rsa-1"}""", claims)),
            (
                "expired",
                rule,
                Service.Token(c =>
                {
                    c["iat"] = now - 700;
                    c["exp"] = now - 400;
                })
            ),
            ("audience", rule, Service.Token(c => c["aud"] = "https://other.test")),
            ("subject", rule, Service.Token(c => c["sub"] = "repo:acme/other:x")),
            ("claims", rule, Service.Token(c => c["environment"] = "staging")),
            ("replay", rule, used),
        ];
    }

    private Task<HttpResponseMessage> SendAsync(string form, string rule, string token)
    {
        switch (form)
        {
            case "json":
                return Service.ExchangeAsync(rule, token);
            case "jwt_bearer":
                return Service.FormAsync(FormCalls.Assertion(rule, token));
            case "certificate":
                var order = Service.ExchangeBody(rule, token);
                order.Remove("grant_type");
                order["tunnel_id"] = "tnl_010000000000000000000000";
                order["csr"] = csr;
                return Service.PostAnonymousAsync("/v1/certificates", order.ToJsonString());
            default:
                return Service.FormAsync(FormCalls.Subject(rule, token));
        }
    }

    private static async Task<string> ShapeAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var id = response.Header("request-id")!;
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var headers = response
                .Headers.Concat(response.Content.Headers)
                .Where(header => header.Key is not "Date")
                .Select(header => $"{header.Key}: {string.Join(',', header.Value)}")
                .Order(StringComparer.Ordinal);
            return $"{(int)response.StatusCode}\n{string.Join('\n', headers)}\n\n{body}".Replace(
                id,
                "ID",
                StringComparison.Ordinal
            );
        }
    }
}
