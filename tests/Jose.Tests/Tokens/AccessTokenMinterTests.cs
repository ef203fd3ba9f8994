using System.Text.Json;
using Culvert.Jose.Keys;
using Culvert.Jose.Signatures;
using Culvert.Jose.Tokens;

namespace Culvert.Jose.Tests.Tokens;

public sealed class AccessTokenMinterTests
{
    private static readonly AccessTokenClaims Claims = new()
    {
        Issuer = "https://identity.example",
        Subject = "svac_01A",
        Audience = "https://identity.example",
        ClientId = "fdrl_01B",
        IssuedAt = 1_767_225_600,
        ExpiresAt = 1_767_229_200,
        TokenId = "id",
        Scope = "tunnel:agent",
        Rule = "fdrl_01B",
        RuleVersion = 3,
        Organization = "0d5e7c1a-0000-4000-8000-000000000000",
        Workspace = "wrkspc_01C",
    };

    [Fact]
    public void Mint_Claims_VerifyWithPublishedKey()
    {
        using var key = SigningKey.Create();

        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Claims), out var token).ShouldBe(JoseRefusal.None);

        token!.HasType("at+jwt").ShouldBeTrue();
        token.KeyId.ShouldBe(key.KeyId);
        JwkSet.TryParse(Keys.SigningKeyTests.KeySetOf(key), out var published);
        published!.Find(token.KeyId, out var publicKey).ShouldBe(JoseRefusal.None);
        token.Verify(publicKey!, JwsAlgorithms.ES256).ShouldBe(JoseRefusal.None);
        token.Verify(key.ToVerificationKey(), JwsAlgorithms.ES256).ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public void Mint_Claims_AreAllWritten()
    {
        using var key = SigningKey.Create();
        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Claims), out var token);

        Encoding
            .UTF8.GetString(token!.Claims.Json.Span)
            .ShouldBe(
                """{"iss":"https://identity.example","sub":"svac_01A","aud":"https://identity.example","client_id":"fdrl_01B","iat":1767225600,"exp":1767229200,"jti":"id","scope":"tunnel:agent","rule":"fdrl_01B","rule_ver":3,"organization":"0d5e7c1a-0000-4000-8000-000000000000","workspace":"wrkspc_01C"}"""
            );
    }

    [Fact]
    public void Mint_NoWorkspace_LeavesTheClaimOut()
    {
        using var key = SigningKey.Create();
        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Claims with { Workspace = null }), out var token);

        token!.Claims.TryFind("workspace"u8, out _).ShouldBeFalse();
    }

    [Fact]
    public void Mint_HostileText_StaysInItsClaim()
    {
        using var key = SigningKey.Create();
        const string Hostile = "\",\"scope\":\"org:admin\u0000\n\ud83d\ude00";

        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Claims with { Subject = Hostile }), out var token);

        token!.Claims.FindString("sub"u8).ShouldBe(Hostile);
        token.Claims.FindString("scope"u8).ShouldBe(Claims.Scope);
    }

    [Fact]
    public void Mint_OtherKey_DoesNotVerify()
    {
        using var key = SigningKey.Create();
        using var other = SigningKey.Create();
        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Claims), out var token);

        token!.Verify(other.ToVerificationKey(), JwsAlgorithms.ES256).ShouldBe(JoseRefusal.SignatureInvalid);
    }
}
