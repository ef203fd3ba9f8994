using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Binding;

/// <summary>RFC 9449 at our APIs: the matrix of attack A45.</summary>
[Trait("Attack", "A45")]
public sealed class DpopTokenTests(FederatedServiceFixture fixture)
    : IClassFixture<FederatedServiceFixture>,
        IDisposable
{
    private static readonly Uri Target = new(FederatedService.PublicUrl + BoundTokens.Path);

    private readonly SigningKey key = SigningKey.Create();

    private FederatedService Service => fixture.Service;

    private DateTimeOffset Now => Service.Time.GetUtcNow();

    private DpopProofSigner Signer => new(key);

    [Fact]
    public async Task Use_FreshProof_IsAccepted()
    {
        var token = await BoundTokenAsync();

        using var response = await Service.CallAsync("DPoP", token, Proof(token));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Header("DPoP-Nonce").ShouldBe(Service.Nonce());
    }

    [Theory]
    [InlineData(60, null)]
    [InlineData(-60, null)]
    [InlineData(61, "token.dpop_proof")]
    [InlineData(-61, "token.dpop_proof")]
    public async Task Use_ProofTimeOff_ByAMinuteAtMost(int seconds, string? code)
    {
        var token = await BoundTokenAsync();
        var proof = Signer.Sign("GET", Target, Now.AddSeconds(seconds), Service.Nonce(), token);

        await ShouldBeAsync(Service.CallAsync("DPoP", token, proof), code);
    }

    [Theory]
    [InlineData("POST", null, "token.dpop_proof")]
    [InlineData("get", null, "token.dpop_proof")]
    [InlineData("GET", "https://identity.test:8443/v1/organizations/current?x=1#y", null)]
    [InlineData("GET", "HTTPS://IDENTITY.TEST:8443/v1/./organizations/%63urrent", null)]
    [InlineData("GET", "https://identity.test/v1/organizations/current", "token.dpop_proof")]
    [InlineData("GET", "https://identity.test:8444/v1/organizations/current", "token.dpop_proof")]
    [InlineData("GET", "http://identity.test:8443/v1/organizations/current", "token.dpop_proof")]
    [InlineData("GET", "https://identity.test:8443/v1/organizations/Current", "token.dpop_proof")]
    [InlineData("GET", "https://identity.test:8443/v1/organizations/current/", "token.dpop_proof")]
    [InlineData("GET", "https://identity.test.evil:8443/v1/organizations/current", "token.dpop_proof")]
    [InlineData("GET", "https://127.0.0.1/v1/organizations/current", "token.dpop_proof")]
    [InlineData("GET", " https://identity.test:8443/v1/organizations/current", "token.dpop_proof")]
    [InlineData("GET", "/v1/organizations/current", "token.dpop_proof")]
    public async Task Use_ProofForAnotherRequest_IsRefused(string method, string? target, string? code)
    {
        var token = await BoundTokenAsync();
        var proof = Handmade(
            token,
            claims =>
            {
                claims["htm"] = method;
                claims["htu"] = target ?? Target.ToString();
            }
        );

        await ShouldBeAsync(Service.CallAsync("DPoP", token, proof), code);
    }

    [Theory]
    [InlineData("jti")]
    [InlineData("htm")]
    [InlineData("htu")]
    [InlineData("iat")]
    [InlineData("ath")]
    public async Task Use_ProofWithoutClaim_IsRefused(string claim)
    {
        var token = await BoundTokenAsync();

        await ShouldBeAsync(
            Service.CallAsync("DPoP", token, Handmade(token, claims => claims.Remove(claim))),
            "token.dpop_proof"
        );
    }

    [Fact]
    public async Task Use_SameProofTwice_IsRefused()
    {
        var token = await BoundTokenAsync();
        var proof = Proof(token);

        await ShouldBeAsync(Service.CallAsync("DPoP", token, proof), null);
        await ShouldBeAsync(Service.CallAsync("DPoP", token, proof), "token.dpop_proof");
    }

    [Fact]
    public async Task Use_WithoutNonce_IsToldWhichOne()
    {
        var token = await BoundTokenAsync();
        var proof = Signer.Sign("GET", Target, Now, nonce: null, token);

        using var response = await Service.CallAsync("DPoP", token, proof);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe("token.dpop_nonce");
        response.Headers.WwwAuthenticate.ToString().ShouldStartWith("DPoP error=\"use_dpop_nonce\"");
        var nonce = response.Header("DPoP-Nonce");
        await ShouldBeAsync(Service.CallAsync("DPoP", token, Signer.Sign("GET", Target, Now, nonce, token)), null);
    }

    [Fact]
    public async Task Use_ForeignNonce_IsRefused()
    {
        var token = await BoundTokenAsync();
        var proof = Signer.Sign("GET", Target, Now, "AAAAAAAAAAAAAAAAAAAAAAAAAAA", token);

        await ShouldBeAsync(Service.CallAsync("DPoP", token, proof), "token.dpop_nonce");
    }

    [Fact]
    public async Task Use_TwoProofHeaders_IsRefused()
    {
        var token = await BoundTokenAsync();

        await ShouldBeAsync(Service.CallAsync("DPoP", token, Proof(token), Proof(token)), "token.dpop_proof");
    }

    [Fact]
    public async Task Use_NoProof_IsRefused()
    {
        var token = await BoundTokenAsync();

        await ShouldBeAsync(Service.CallAsync("DPoP", token), "token.dpop_proof");
    }

    [Fact]
    public async Task Use_ProofByAnotherKey_IsRefused()
    {
        var token = await BoundTokenAsync();
        using var other = SigningKey.Create();
        var proof = new DpopProofSigner(other).Sign("GET", Target, Now, Service.Nonce(), token);

        await ShouldBeAsync(Service.CallAsync("DPoP", token, proof), "token.dpop_proof");
    }

    [Fact]
    public async Task Use_ProofForAnotherToken_IsRefused()
    {
        var token = await BoundTokenAsync();

        await ShouldBeAsync(Service.CallAsync("DPoP", token, Proof("another token")), "token.dpop_proof");
    }

    [Fact]
    public async Task Use_BoundTokenAsBearer_IsRefused()
    {
        var token = await BoundTokenAsync();

        using var response = await Service.CallAsync("Bearer", token, Proof(token));

        (await response.ErrorCodeAsync()).ShouldBe("token.binding_required");
        response.Headers.WwwAuthenticate.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Use_BoundTokenAsApiKey_IsRefused()
    {
        var token = await BoundTokenAsync();
        using var message = new HttpRequestMessage(HttpMethod.Get, BoundTokens.Path);
        message.Headers.Add("X-Api-Key", token);
        message.Headers.Add("DPoP", Proof(token));

        await ShouldBeAsync(Service.SendAnonymousAsync(message), "token.binding_required");
    }

    [Fact]
    public async Task Use_BearerTokenWithDpopScheme_IsRefused()
    {
        var token = await Service.AccessTokenAsync(fixture.RuleId);

        await ShouldBeAsync(Service.CallAsync("DPoP", token, Proof(token)), "token.not_bound");
    }

    [Fact]
    public async Task Use_BearerTokenWithProof_IsABearerToken()
    {
        var token = await Service.AccessTokenAsync(fixture.RuleId);

        await ShouldBeAsync(Service.CallAsync("Bearer", token, "garbage"), null);
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("HS256", null)]
    [InlineData("ES256", "private")]
    [InlineData("ES256", "symmetric")]
    [InlineData("ES256", "missing")]
    [InlineData("ES256", "jku")]
    [InlineData("ES256", "type")]
    public async Task Use_ProofWithABadHeader_IsRefused(string algorithm, string? fault)
    {
        var token = await BoundTokenAsync();
        var header = Json(Segment(Proof(token), 0));
        header["alg"] = algorithm;
        switch (fault)
        {
            case "private":
                header["jwk"]!["d"] = Segment(Proof(token), 2)[..43];
                break;
            case "symmetric":
                header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" };
                break;
            case "missing":
                header.Remove("jwk");
                break;
            case "jku":
                header["jku"] = "https://evil.test/keys";
                break;
            case "type":
                header["typ"] = "JWT";
                break;
        }

        await ShouldBeAsync(
            Service.CallAsync("DPoP", token, Sign(header, Json(Segment(Proof(token), 1)))),
            "token.dpop_proof"
        );
    }

    public void Dispose() => key.Dispose();

    private Task<string> BoundTokenAsync() =>
        Service.MintAsync(
            fixture.RuleId,
            claims => claims with { Confirmation = new TokenConfirmation { KeyThumbprint = key.KeyId } }
        );

    private string Proof(string token) => Signer.Sign("GET", Target, Now, Service.Nonce(), token);

    // A proof whose claims a test edits, signed again.
    private string Handmade(string token, Action<JsonObject> edit)
    {
        var proof = Proof(token);
        var claims = Json(Segment(proof, 1));
        edit(claims);
        return Sign(Json(Segment(proof, 0)), claims);
    }

    private string Sign(JsonObject header, JsonObject claims)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        using var ecdsa = System.Security.Cryptography.ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.ExportPkcs8(), out _);
        var signature = ecdsa.SignData(
            Encoding.ASCII.GetBytes(signed),
            System.Security.Cryptography.HashAlgorithmName.SHA256
        );
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Segment(string proof, int index) => proof.Split('.')[index];

    private static JsonObject Json(string segment) => JsonNode.Parse(Base64Url.DecodeFromChars(segment))!.AsObject();

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static async Task ShouldBeAsync(Task<HttpResponseMessage> call, string? code)
    {
        using var response = await call;
        if (code is null)
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            return;
        }

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe(code);
    }
}
