using System.Net;
using System.Text;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens;

public sealed class AccessTokenValidatorTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Theory]
    [InlineData("expired", "token.expired")]
    [InlineData("expires-now", "token.expired")]
    [InlineData("future", "token.not_yet_valid")]
    [InlineData("issuer", "token.issuer")]
    [InlineData("audience", "token.audience")]
    [InlineData("other-key", "token.key_unknown")]
    [InlineData("changed", "token.signature")]
    [InlineData("unknown-rule", "token.revoked")]
    [InlineData("other-account", "token.revoked")]
    [InlineData("other-organization", "token.revoked")]
    [InlineData("assertion", "token.malformed")]
    [InlineData("garbage", "token.malformed")]
    [InlineData("hs256", "token.algorithm")]
    public async Task Use_BadToken_HasItsOwnCode(string fault, string code)
    {
        using var client = Service.Service.Client(await MakeAsync(fault));

        using var response = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task Use_TokenToItsLastSecond_IsAccepted()
    {
        using var client = Service.Service.Client(await MakeAsync("last-second"));

        using var response = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Use_AgainAfterItsLastSecond_IsExpired()
    {
        using var client = Service.Service.Client(await MakeAsync("last-second"));
        using (await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken)) { }

        Service.Time.Advance(TimeSpan.FromSeconds(1));

        using var again = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        again.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Use_AgainAfterTheKeysWereReadAnew_IsAccepted()
    {
        using var client = Service.Service.Client(await MakeAsync("last-second"));
        using (await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken)) { }

        await Service.Service.Get<SigningKeyRing>().ReloadAsync(TestContext.Current.CancellationToken);

        using var again = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task KeySet_Published_VerifiesIssuedTokens()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "/v1/oauth/jwks");
        using var response = await Service.SendAnonymousAsync(message);

        JwkSet
            .TryParse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), out var set)
            .ShouldBe(Jose.Refusals.JoseRefusal.None);
        var token = await Service.AccessTokenAsync(fixture.RuleId);
        SignedToken.TryParse(Encoding.ASCII.GetBytes(token), out var signed);
        set!.Find(signed!.KeyId, signed.Algorithm, out var key).ShouldBe(Jose.Refusals.JoseRefusal.None);
        signed.Verify(key!, Jose.Algorithms.JwsAlgorithms.ES256).ShouldBe(Jose.Refusals.JoseRefusal.None);
        signed.HasType("at+jwt").ShouldBeTrue();
        signed.Claims.Names.ShouldBe([
            "iss",
            "sub",
            "aud",
            "client_id",
            "iat",
            "exp",
            "jti",
            "scope",
            "rule",
            "rule_ver",
            "organization",
            "workspace",
            "family",
            "src",
        ]);
    }

    [Fact]
    public async Task Metadata_Published_NamesTheEndpoints()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-authorization-server");
        using var response = await Service.SendAnonymousAsync(message);

        var metadata = await response.JsonAsync();
        metadata.Text("issuer").ShouldBe(FederatedService.PublicUrl);
        metadata.Text("token_endpoint").ShouldBe(FederatedService.PublicUrl + "/v1/oauth/token");
        metadata.Text("jwks_uri").ShouldBe(FederatedService.PublicUrl + "/v1/oauth/jwks");
        metadata.GetProperty("grant_types_supported")[0].GetString().ShouldEndWith(":jwt-bearer");
    }

    [Fact]
    public async Task Mint_Token_IsRememberedAsItReads()
    {
        var token = Encoding.ASCII.GetBytes(await Service.AccessTokenAsync(fixture.RuleId));

        var known = Service.Service.Get<MintedTokens>().Find(VerifiedTokens.Digest(token)).ShouldNotBeNull();

        SignedToken.TryParse(token, out var signed).ShouldBe(Jose.Refusals.JoseRefusal.None);
        AccessTokenClaims.TryRead(signed!.Claims, out var read).ShouldBeTrue();
        known.Claims.ShouldBe(read);
        known.KeyId.ShouldBe(signed.KeyId);
        signed.Verify(known.Key, Jose.Algorithms.JwsAlgorithms.ES256).ShouldBe(Jose.Refusals.JoseRefusal.None);
    }

    [Fact]
    public async Task Use_MintedToken_EndsWithItsLifeAsAnyOther()
    {
        using var client = Service.Service.Client(await Service.AccessTokenAsync(fixture.RuleId));

        using (var at = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken))
        {
            at.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        Service.Time.Advance(TimeSpan.FromHours(1));
        using var after = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        (await after.ErrorCodeAsync()).ShouldBe("token.expired");
    }

    private async Task<string> MakeAsync(string fault)
    {
        var good = await Service.AccessTokenAsync(fixture.RuleId);
        SignedToken.TryParse(Encoding.ASCII.GetBytes(good), out var token);
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new AccessTokenClaims
        {
            Issuer = fault == "issuer" ? "https://other.test" : FederatedService.PublicUrl,
            Subject = fault == "other-account" ? "svac_010000000000000000000000" : token!.Claims.FindString("sub"u8)!,
            Audience = fault == "audience" ? "https://other.test" : FederatedService.PublicUrl,
            ClientId = "client",
            IssuedAt = fault == "future" ? now + 31 : now - 100,
            ExpiresAt = fault switch
            {
                "expired" => now - 1,
                "expires-now" => now,
                "last-second" => now + 1,
                _ => now + 100,
            },
            TokenId = "id",
            Scope = "workspace:manage_tunnels",
            Rule = fault == "unknown-rule" ? "fdrl_010000000000000000000000" : fixture.RuleId,
            RuleVersion = 1,
            Organization =
                fault == "other-organization" ? "00000000-0000-4000-8000-000000000000" : Service.OrganizationId,
            Workspace = Service.WorkspaceId,
        };
        using var otherKey = SigningKey.Create();
        var keys = Service.Service.Get<SigningKeyRing>().Current;
        var minter = fault == "other-key" ? new AccessTokenMinter(otherKey) : keys.MinterAt(Service.Time.GetUtcNow());
        var minted = Encoding.ASCII.GetString(minter.Mint(claims));
        var parts = minted.Split('.');
        return fault switch
        {
            "changed" => $"{parts[0]}.{TestIdentityProvider.Encode("{}"u8.ToArray())}.{parts[2]}",
            "assertion" => Service.Token(),
            "garbage" => "x.y.z",
            "hs256" =>
                $"{TestIdentityProvider.Encode("""{"alg":"HS256","typ":"at+jwt"}"""u8.ToArray())}.{parts[1]}.{parts[2]}",
            _ => minted,
        };
    }
}
