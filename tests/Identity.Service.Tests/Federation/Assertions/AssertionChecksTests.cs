using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing.Keys;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Assertions;

/// <summary>Every assertion here is refused with the same answer, and the history alone knows why.</summary>
public sealed class AssertionChecksTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string Good = """{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""";

    private FederatedService Service => fixture.Service;

    [Theory]
    [Trait("Attack", "A39")]
    [InlineData("""{"alg":"none","kid":"rsa-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"None","kid":"rsa-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"nOnE","kid":"rsa-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"","kid":"rsa-1"}""", "alg_not_allowed")]
    [InlineData("""{"kid":"rsa-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"HS256","kid":"rsa-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"ES256K","kid":"ec-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"ES256","kid":"rsa-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"ec-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"ES384","kid":"ec-1"}""", "alg_not_allowed")]
    [InlineData("""{"alg":"PS256","kid":"rsa-1"}""", "signature_invalid")]
    [InlineData("""{"alg":"RS512","kid":"rsa-1"}""", "signature_invalid")]
    [InlineData("""{"alg":"ES256","kid":"ec-1"}""", "signature_invalid")]
    [InlineData("""{"alg":"RS256"}""", "kid_missing")]
    [InlineData("""{"alg":"RS256","kid":"../../etc/passwd"}""", "kid_unknown")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1'--"}""", "kid_unknown")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1\u0000"}""", "kid_unknown")]
    [InlineData("""{"alg":"RS256","kid":"RSA-1"}""", "kid_unknown")]
    [InlineData("""{"alg":"RS256","kid":1}""", "token_malformed")]
    [InlineData("""{"alg":"RS256","kid":["rsa-1"]}""", "token_malformed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","crit":["exp"]}""", "token_malformed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","b64":false}""", "token_malformed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","zip":"DEF"}""", "token_malformed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","\u006bid":"ec-1"}""", "token_malformed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"dpop+jwt"}""", "typ_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"logout+jwt"}""", "typ_not_allowed")]
    public async Task Exchange_Header_IsRefused(string header, string reason) =>
        (await DenialAsync(Service.Provider.Sign(Claims(), header))).ShouldBe(reason);

    // RFC 7515 §4: what is not understood is ignored, and the key is the registered one whatever the token says of keys.
    [Theory]
    [Trait("Attack", "A04")]
    [InlineData("\"jku\":\"https://127.0.0.1/canary\"")]
    [InlineData("\"x5u\":\"https://127.0.0.1/canary\"")]
    [InlineData("\"x5c\":[\"AAAA\"]")]
    [InlineData("\"jwk\":{\"kty\":\"oct\"}")]
    [InlineData("\"cty\":\"JWT\"")]
    public async Task Exchange_HeaderThatIsNotUnderstood_IsIgnored(string member) =>
        await ShouldGrantAsync(Service.Provider.Sign(Claims(), $$"""{"alg":"RS256","kid":"rsa-1",{{member}}}"""));

    [Theory]
    [InlineData("JWT")]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    public async Task Exchange_TypeOfIdentityOrAccessToken_IsGranted(string typ) =>
        await ShouldGrantAsync(Service.Provider.Sign(Claims(), $$"""{"alg":"RS256","kid":"rsa-1","typ":"{{typ}}"}"""));

    [Fact]
    public async Task Exchange_Es256_IsGranted() => await ShouldGrantAsync(Service.Provider.SignEc(Claims()));

    [Theory]
    [InlineData("pem")]
    [InlineData("der")]
    [InlineData("jwk")]
    public async Task Exchange_PublicKeyAsHmacSecret_IsRefused(string encoding)
    {
        var key = Service.Provider.Keys[0]!;
        using var rsa = RSA.Create(
            new RSAParameters
            {
                Modulus = System.Buffers.Text.Base64Url.DecodeFromChars(key["n"]!.GetValue<string>()),
                Exponent = System.Buffers.Text.Base64Url.DecodeFromChars(key["e"]!.GetValue<string>()),
            }
        );
        var secret = encoding switch
        {
            "pem" => Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()),
            "der" => rsa.ExportSubjectPublicKeyInfo(),
            _ => Encoding.UTF8.GetBytes(key.ToJsonString()),
        };
        var forged = TestIdentityProvider.Assemble(
            """{"alg":"HS256","kid":"rsa-1"}""",
            Claims().ToJsonString(),
            data => HMACSHA256.HashData(secret, data)
        );

        (await DenialAsync(forged)).ShouldBe("alg_not_allowed");
    }

    [Theory]
    [InlineData("no-signature")]
    [InlineData("two-segments")]
    [InlineData("trailing-dot")]
    [InlineData("five-segments")]
    [InlineData("flattened-json")]
    [InlineData("padded")]
    [InlineData("standard-alphabet")]
    [InlineData("white-space")]
    [InlineData("bits-left-over")]
    [InlineData("detached-payload")]
    [InlineData("empty-object")]
    public async Task Exchange_Encoding_IsRefused(string fault)
    {
        var parts = Service.Token().Split('.');
        var token = fault switch
        {
            "no-signature" => $"{parts[0]}.{parts[1]}.",
            "two-segments" => $"{parts[0]}.{parts[1]}",
            "trailing-dot" => $"{string.Join('.', parts)}.",
            "five-segments" => $"{parts[0]}.{parts[1]}.{parts[2]}.a.b",
            "flattened-json" => new JsonObject
            {
                ["protected"] = parts[0],
                ["payload"] = parts[1],
                ["signature"] = parts[2],
            }.ToJsonString(),
            "padded" => $"{parts[0]}.{parts[1]}.{parts[2]}==",
            "standard-alphabet" => $"{parts[0]}.{parts[1]}.+{parts[2][1..]}",
            "white-space" => $"{parts[0]}.{parts[1]}.{parts[2]} ",
            // 256 bytes leave 4 bits over in the last character.
            "bits-left-over" => $"{parts[0]}.{parts[1]}.{parts[2][..^1]}{(char)(parts[2][^1] + 1)}",
            "detached-payload" => $"{parts[0]}..{parts[2]}",
            _ => "{}",
        };

        (await DenialAsync(token)).ShouldBe("token_malformed");
    }

    [Theory]
    [InlineData("""{"sub":"a","sub":"b"}""")]
    [InlineData("""{"sub":"a","s\u0075b":"b"}""")]
    [InlineData("""{"__proto__":{"sub":"a"}}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1} x""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""")]
    [InlineData("""[{"sub":"a"}]""")]
    public async Task Exchange_ClaimsText_IsRefused(string claims)
    {
        using var rsa = TestKeys.OtherRsa();

        (await DenialAsync(TestIdentityProvider.SignWith(rsa, Good, claims))).ShouldBe("token_malformed");
    }

    // Seconds relative to now; the leeway is 30 s.
    [Theory]
    [Trait("Attack", "A17")]
    [InlineData(-300, -29, null)]
    [InlineData(-300, -30, "token_expired")]
    [InlineData(-300, -31, "token_expired")]
    [InlineData(29, 300, null)]
    [InlineData(30, 300, null)]
    [InlineData(31, 300, "issued_in_future")]
    [InlineData(0, 3600, null)]
    [InlineData(0, 3601, "lifetime_too_long")]
    [InlineData(-3590, 11, "lifetime_too_long")]
    [InlineData(10, 10, "lifetime_invalid")]
    [InlineData(11, 10, "lifetime_invalid")]
    public async Task Exchange_IssuedAndExpiry_AreBounded(int issued, int expires, string? reason)
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        var token = Service.Token(claims =>
        {
            claims["iat"] = now + issued;
            claims["exp"] = now + expires;
        });

        await ShouldEndAsync(token, reason);
    }

    [Theory]
    [Trait("Attack", "A17")]
    [InlineData(30, null)]
    [InlineData(31, "not_yet_valid")]
    [InlineData(-600, null)]
    public async Task Exchange_NotBefore_IsBounded(int notBefore, string? reason)
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();

        await ShouldEndAsync(Service.Token(claims => claims["nbf"] = now + notBefore), reason);
    }

    // RFC 7519 §2: any number. A token expires with the second before a fraction and is valid from with the one after it.
    [Theory]
    [Trait("Attack", "A17")]
    [InlineData("exp", -29, null)]
    [InlineData("exp", -30, "token_expired")]
    [InlineData("exp", 3600, null)]
    [InlineData("iat", 30, null)]
    [InlineData("iat", 31, "issued_in_future")]
    [InlineData("nbf", 29, null)]
    [InlineData("nbf", 30, "not_yet_valid")]
    public async Task Exchange_TimeWithFraction_NeverReachesFurther(string name, int seconds, string? reason)
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        var token = Service.Token(claims =>
        {
            claims["iat"] = name == "exp" && seconds < 0 ? now - 300 : now;
            claims["exp"] = now + 300;
            claims[name] = JsonNode.Parse($"{now + seconds}.5");
        });

        await ShouldEndAsync(token, reason);
    }

    [Theory]
    [Trait("Attack", "A17")]
    [Trait("Attack", "A21")]
    [InlineData("exp", null, "exp_invalid")]
    [InlineData("exp", "\"1767225900\"", "exp_invalid")]
    [InlineData("exp", "1e400", "exp_invalid")]
    [InlineData("exp", "-1", "exp_invalid")]
    [InlineData("exp", "253402300800", "exp_invalid")]
    [InlineData("exp", "253402300799", "lifetime_too_long")]
    [InlineData("exp", "true", "exp_invalid")]
    [InlineData("iat", null, "iat_invalid")]
    [InlineData("iat", "\"1\"", "iat_invalid")]
    [InlineData("iat", "null", "iat_invalid")]
    [InlineData("nbf", "\"1\"", "nbf_invalid")]
    [InlineData("nbf", "null", "nbf_invalid")]
    [InlineData("sub", null, "subject_invalid")]
    [InlineData("sub", "\"\"", "subject_invalid")]
    [InlineData("sub", "1", "subject_invalid")]
    [InlineData("sub", "[\"repo:acme/app:ref:refs/heads/main\"]", "subject_invalid")]
    [InlineData("sub", "\"repo:acme/\\u0430pp:ref:refs/heads/main\"", "subject_invalid")]
    [InlineData("sub", "\"repo:acme/app:ref:refs/heads/main2\"", "match_subject_prefix")]
    [InlineData("sub", "\"repo:acme/app:ref:refs/heads/mai\"", "match_subject_prefix")]
    [InlineData("sub", "\"Repo:acme/app:ref:refs/heads/main\"", "match_subject_prefix")]
    [InlineData("jti", "\"\"", "jti_invalid")]
    [InlineData("jti", "1", "jti_invalid")]
    [InlineData("jti", "null", "jti_invalid")]
    [InlineData("aud", null, "audience_invalid")]
    [InlineData("aud", "{\"a\":1}", "audience_invalid")]
    [InlineData("aud", "[1]", "audience_invalid")]
    [InlineData("aud", "\"https://identity.test:8443/\"", "audience_mismatch")]
    [InlineData("aud", "\"https://identity.test\"", "audience_mismatch")]
    [InlineData("aud", "\"HTTPS://identity.test:8443\"", "audience_mismatch")]
    [InlineData("aud", "\"https://other.test\"", "audience_mismatch")]
    [InlineData("aud", "[]", "audience_mismatch")]
    public async Task Exchange_Claim_IsRefused(string name, string? value, string reason)
    {
        var claims = Claims();
        claims.Remove(name);
        var json = claims.ToJsonString();
        var token = value is null ? json : $"{json[..^1]},\"{name}\":{value}}}";

        (await DenialAsync(SignText(token))).ShouldBe(reason);
    }

    [Theory]
    [Trait("Attack", "A21")]
    [InlineData("[\"https://identity.test:8443\"]")]
    [InlineData("[\"https://other.test\",\"https://identity.test:8443\"]")]
    [InlineData("[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"https://identity.test:8443\"]")]
    public async Task Exchange_AudienceArrayWithOurs_IsGranted(string audience)
    {
        var token = Service.Token(claims => claims["aud"] = JsonNode.Parse(audience));

        await ShouldGrantAsync(token);
    }

    // A23, A24: nothing is normalised, so nothing but the registered text is the issuer.
    [Theory]
    [Trait("Attack", "A23")]
    [InlineData("{0}/")]
    [InlineData("{0}#")]
    [InlineData("{0}?")]
    [InlineData("{0}.")]
    [InlineData("{0}/..")]
    [InlineData(" {0}")]
    [InlineData("HTTPS:{1}")]
    [InlineData("http:{1}")]
    [InlineData("https://user@{2}")]
    [InlineData("https://localhost:{3}")]
    [InlineData("https://127.0.0.1.:{3}")]
    [InlineData("https://2130706433:{3}")]
    [InlineData("https://%31%32%37.0.0.1:{3}")]
    public async Task Exchange_IssuerSpelledOtherwise_IsRefused(string spelling)
    {
        var uri = new Uri(Service.Provider.Url);
        var url = string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            spelling,
            Service.Provider.Url,
            Service.Provider.Url["https:".Length..],
            uri.Authority,
            uri.Port
        );

        (await DenialAsync(Service.Token(claims => claims["iss"] = url))).ShouldBe("issuer_unknown");
    }

    [Fact]
    [Trait("Attack", "A24")]
    public async Task Exchange_IssuerArrayOrAbsent_IsRefused()
    {
        (await DenialAsync(Service.Token(claims => claims["iss"] = new JsonArray(Service.Provider.Url)))).ShouldBe(
            "issuer_unknown"
        );
        (await DenialAsync(Service.Token(claims => claims.Remove("iss")))).ShouldBe("issuer_unknown");
    }

    [Fact]
    public async Task Exchange_SignatureOfAnotherKey_IsRefused()
    {
        using var rsa = TestKeys.OtherRsa();

        (await DenialAsync(TestIdentityProvider.SignWith(rsa, Good, Claims().ToJsonString()))).ShouldBe(
            "signature_invalid"
        );
    }

    private JsonObject Claims() => Service.Provider.Claims(FederatedService.PublicUrl);

    private string SignText(string claims) => Service.Provider.SignText(claims);

    private Task<string?> DenialAsync(string token) => Service.DenialAsync(fixture.RuleId, token);

    private async Task ShouldGrantAsync(string token)
    {
        using var response = await Service.ExchangeAsync(fixture.RuleId, token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task ShouldEndAsync(string token, string? reason)
    {
        if (reason is null)
        {
            await ShouldGrantAsync(token);
        }
        else
        {
            (await DenialAsync(token)).ShouldBe(reason);
        }
    }
}
