using System.Text;
using System.Text.Json.Nodes;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>S35: an agent refuses what the service's feed says is revoked, and nothing else.</summary>
[Trait("Attack", "A59")]
public sealed class RevokedTokensTests
{
    private static readonly byte[][] Audience = [Encoding.UTF8.GetBytes(OauthFixture.Resource)];

    private readonly FakeTimeProvider time = new();
    private readonly TestIssuer issuer = new("https://identity.example.test");

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [InlineData("token", "jti-1")]
    [InlineData("family", "fam-1")]
    public async Task Validate_RevokedForGood_IsRefusedWheneverItWasIssued(string kind, string value)
    {
        (await ValidateAsync(Revocations([(kind, value)]))).ShouldBe(TokenError.Revoked);
        (await ValidateAsync(Revocations([(kind, value + "x"), ("token", "other")]))).ShouldBe(TokenError.None);
    }

    [Theory]
    [InlineData("rule", "fdrl_1")]
    [InlineData("rule_version", "fdrl_1:7")]
    [InlineData("principal", "svac_1")]
    [InlineData("issuer", "fdis_1")]
    [InlineData("subject", "fdis_1:hash")]
    [InlineData("issued_before", "")]
    public async Task Validate_RevokedUpToAMoment_IsRefusedIfIssuedByThen(string kind, string value)
    {
        (await ValidateAsync(Revocations([], (kind, value, Now)))).ShouldBe(TokenError.Revoked);
        (await ValidateAsync(Revocations([], (kind, value, Now - 1)))).ShouldBe(TokenError.None);
        (await ValidateAsync(Revocations([], (kind, value + "x", Now)))).ShouldBe(TokenError.None);
    }

    [Fact]
    public async Task Validate_TokenOfAnotherIssuer_IsNotTheFeedsBusiness()
    {
        var told = Revocations([], ("issued_before", "", Now)) with { Issuer = "https://login.example.test" };

        (await ValidateAsync(told)).ShouldBe(TokenError.None);
    }

    [Fact] // what cannot be judged is not accepted while anything is revoked
    public async Task Validate_TokenWithoutTheServicesClaims_IsRefusedWhileAnythingIsRevoked()
    {
        (await ValidateAsync(Revocations([("token", "other")]), claims => claims.Remove("rule"))).ShouldBe(
            TokenError.Claims
        );
        (await ValidateAsync(null, claims => claims.Remove("rule"))).ShouldBe(TokenError.None);
    }

    private async Task<TokenError> ValidateAsync(AgentFeedTokenRevocations? told, Action<JsonObject>? change = null)
    {
        var keys = OauthFixture.KeysOf(issuer, time);
        keys.Revoked = RevokedTokens.From(told, issuer.Url);
        var token = issuer.Token(
            OauthFixture.Resource,
            time.GetUtcNow(),
            claims =>
            {
                claims["sub"] = "svac_1";
                claims["jti"] = "jti-1";
                claims["scope"] = "docs.read";
                claims["rule"] = "fdrl_1";
                claims["rule_ver"] = 7;
                claims["organization"] = "org";
                claims["family"] = "fam-1";
                claims["src"] = new JsonObject
                {
                    ["iss"] = "fdis_1",
                    ["sub"] = "hash",
                    ["root_exp"] = Now + 300,
                };
                change?.Invoke(claims);
            }
        );
        var verdict = await new TokenValidator([keys], time).ValidateAsync(
            token,
            Audience,
            TestContext.Current.CancellationToken
        );
        return verdict.Error;
    }

    private AgentFeedTokenRevocations Revocations(
        (string Kind, string Value)[] forGood,
        params (string Kind, string Value, long Until)[] until
    ) =>
        new(
            Issuer: issuer.Url,
            Hashes: AgentFeedTokenRevocations.Join(
                forGood.Select(one => AgentFeedTokenRevocations.ComputeHash(one.Kind, one.Value))
            ),
            Until:
            [
                .. until.Select(one => new AgentFeedTokenRevocation(
                    Kind: one.Kind,
                    Value: one.Value,
                    IssuedBefore: one.Until
                )),
            ]
        );
}
