using System.Buffers;
using System.Text.Json;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
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

    internal static readonly AccessTokenClaims Delegated = Claims with
    {
        NotBefore = 1_767_225_600,
        Confirmation = new TokenConfirmation { KeyThumbprint = "J", CertificateThumbprint = "X" },
        Actor = new TokenActor("svac_01D", "https://other", new TokenActor("svac_01E")),
        MayAct = new TokenMayAct("https://identity.example", "svac_01F"),
        Family = "fam",
        Source = new TokenSource
        {
            IssuerId = "fdis_01F",
            SubjectHash = "SH",
            TokenIdHash = "JH",
            RootExpiresAt = 1_767_230_000,
        },
    };

    [Fact]
    public void Mint_Claims_VerifyWithPublishedKey()
    {
        using var key = SigningKey.Create();

        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Claims), out var token).ShouldBe(JoseRefusal.None);

        token!.HasType("at+jwt").ShouldBeTrue();
        token.KeyId.ShouldBe(key.KeyId);
        JwkSet.TryParse(Keys.SigningKeyTests.KeySetOf(key), out var published);
        published!.Find(token.KeyId, JwsAlgorithm.ES256, out var publicKey).ShouldBe(JoseRefusal.None);
        token.Verify(publicKey!, JwsAlgorithms.ES256).ShouldBe(JoseRefusal.None);
        token.Verify(key.ToVerificationKey(), JwsAlgorithms.ES256).ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public void Mint_InAnArrayOfAPool_IsTheSameTokenAndNothingBehindIt()
    {
        using var key = SigningKey.Create();
        var minter = new AccessTokenMinter(key);
        var pool = ArrayPool<byte>.Create();
        var used = pool.Rent(4096);
        used.AsSpan().Fill((byte)'x');
        pool.Return(used);

        var array = minter.Mint(Delegated, pool, out var length);

        array.Length.ShouldBeGreaterThanOrEqualTo(length);
        length.ShouldBe(minter.Mint(Delegated).Length);
        SignedToken.TryParse(array.AsMemory(0, length), out var token).ShouldBe(JoseRefusal.None);
        token!.Verify(key.ToVerificationKey(), JwsAlgorithms.ES256).ShouldBe(JoseRefusal.None);
        SignedToken.TryParse(minter.Mint(Delegated), out var own);
        token.Claims.Json.Span.SequenceEqual(own!.Claims.Json.Span).ShouldBeTrue();
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
    public void Mint_BoundDelegatedToken_HasConfirmationActorsFamilyAndSource()
    {
        using var key = SigningKey.Create();
        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Delegated), out var token);

        Encoding
            .UTF8.GetString(token!.Claims.Json.Span)
            .ShouldEndWith(
                """"iat":1767225600,"nbf":1767225600,"exp":1767229200,"jti":"id","scope":"tunnel:agent","rule":"fdrl_01B","rule_ver":3,"organization":"0d5e7c1a-0000-4000-8000-000000000000","workspace":"wrkspc_01C","family":"fam","cnf":{"jkt":"J","x5t#S256":"X"},"act":{"sub":"svac_01D","iss":"https://other","act":{"sub":"svac_01E"}},"may_act":{"iss":"https://identity.example","sub":"svac_01F"},"src":{"iss":"fdis_01F","sub":"SH","jti":"JH","root_exp":1767230000}}""""
            );
    }

    [Fact]
    public void TryRead_MintedToken_GivesItsClaims()
    {
        using var key = SigningKey.Create();
        var minter = new AccessTokenMinter(key);
        foreach (var claims in new[] { Claims, Delegated, Claims with { Workspace = null } })
        {
            SignedToken.TryParse(minter.Mint(claims), out var token);

            AccessTokenClaims.TryRead(token!.Claims, out var read).ShouldBeTrue();
            read.ShouldBe(claims);
        }
    }

    [Theory]
    [InlineData("\"jti\":\"id\",", "")]
    [InlineData("\"jti\":\"id\"", "\"jti\":1")]
    [InlineData("\"rule_ver\":3", "\"rule_ver\":-1")]
    [InlineData("\"exp\":1767229200", "\"exp\":\"1767229200\"")]
    [InlineData("\"jkt\":\"J\",\"x5t#S256\":\"X\"", "\"kid\":\"K\"")]
    [InlineData("\"cnf\":{\"jkt\":\"J\",\"x5t#S256\":\"X\"}", "\"cnf\":\"J\"")]
    [InlineData("\"cnf\":{\"jkt\":\"J\"", "\"cnf\":{\"jkt\":1")]
    [InlineData("{\"sub\":\"svac_01E\"}", "{\"sub\":\"svac_01E\",\"act\":{\"sub\":\"a\"}}")]
    [InlineData("{\"sub\":\"svac_01E\"}", "{}")]
    [InlineData(",\"root_exp\":1767230000", "")]
    [InlineData("\"family\":\"fam\"", "\"family\":null")]
    public void TryRead_OtherShapeThanWeMint_IsRefused(string written, string changed)
    {
        using var key = SigningKey.Create();
        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Delegated), out var token);
        var json = Encoding.UTF8.GetString(token!.Claims.Json.Span);
        json.ShouldContain(written);
        ClaimSet.TryParse(Encoding.UTF8.GetBytes(json.Replace(written, changed)), out var claims);

        AccessTokenClaims.TryRead(claims!, out _).ShouldBeFalse();
    }

    [Fact]
    public void Mint_ThreeActors_Throws()
    {
        using var key = SigningKey.Create();
        var claims = Claims with { Actor = new("a", Actor: new("b", Actor: new("c"))) };

        Should.Throw<ArgumentOutOfRangeException>(() => new AccessTokenMinter(key).Mint(claims));
        // The writer of this thread is as good as new afterwards.
        SignedToken.TryParse(new AccessTokenMinter(key).Mint(Claims), out _).ShouldBe(JoseRefusal.None);
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
