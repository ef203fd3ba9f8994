using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Binding;

/// <summary>RFC 9449 §5 and §8, and RFC 8705 §3, at the token endpoint; and what the bound tokens are then good for.</summary>
public sealed class TokenEndpointBindingTests(FederatedServiceFixture fixture)
    : IClassFixture<FederatedServiceFixture>,
        IDisposable
{
    private static readonly Uri Target = new(FederatedService.PublicUrl + FederatedService.TokenPath);
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly SigningKey key = SigningKey.Create();

    private FederatedService Service => fixture.Service;

    [Fact]
    [Trait("Attack", "A45")]
    public async Task Exchange_ProofWithoutNonce_IsToldOneAndThenBound()
    {
        using var first = await PostAsync(Proof(nonce: null));
        await ShouldBeAsync(first, "use_dpop_nonce");
        var nonce = first.Header("DPoP-Nonce");

        using var second = await PostAsync(Proof(nonce));

        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        var body = await second.JsonAsync();
        body.Text("token_type").ShouldBe("DPoP");
        var token = body.Text("access_token");
        Service.ClaimsOf(token).Confirmation.KeyThumbprint.ShouldBe(key.KeyId);
        using var used = await Service.CallAsync("DPoP", token, ProofOfUse(token));
        used.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var stolen = await Service.CallAsync("Bearer", token);
        (await stolen.ErrorCodeAsync()).ShouldBe("token.binding_required");
    }

    [Theory]
    [Trait("Attack", "A45")]
    [InlineData("garbage")]
    [InlineData("twice")]
    [InlineData("method")]
    [InlineData("target")]
    [InlineData("future")]
    [InlineData("past")]
    public async Task Exchange_BadProof_IsInvalid(string fault)
    {
        var now = Service.Time.GetUtcNow();
        var good = Proof(Service.Nonce());
        string[] proofs = fault switch
        {
            "garbage" => ["a.b.c"],
            "twice" => [good, Proof(Service.Nonce())],
            "method" => [Sign("GET", Target, now)],
            "target" => [Sign("POST", new Uri(FederatedService.PublicUrl + "/v1/oauth/jwks"), now)],
            "future" => [Sign("POST", Target, now.AddSeconds(61))],
            _ => [Sign("POST", Target, now.AddSeconds(-61))],
        };

        using var response = await PostAsync(proofs);

        await ShouldBeAsync(response, "invalid_dpop_proof");
    }

    [Fact]
    [Trait("Attack", "A45")]
    public async Task Exchange_UsedProof_IsInvalid()
    {
        var proof = Proof(Service.Nonce());
        using var first = await PostAsync(proof);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var second = await PostAsync(proof);

        await ShouldBeAsync(second, "invalid_dpop_proof");
    }

    [Fact]
    [Trait("Attack", "A45")]
    public async Task Exchange_JsonWithoutNonce_HasItsOwnCode()
    {
        using var message = ApiCalls.Post(
            FederatedService.TokenPath,
            Service.ExchangeBody(fixture.RuleId, Service.Token()).ToJsonString()
        );
        message.Headers.Add(RequestBinding.ProofHeader, Proof(nonce: null));

        using var response = await Service.SendAnonymousAsync(message);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldBe("dpop.use_nonce");
    }

    [Fact]
    [Trait("Attack", "A46")]
    public async Task Exchange_OverAClientCertificate_IsGoodWithItAlone()
    {
        using var certificate = TestCertificates.Client("workload");
        using var thief = TestCertificates.Client("thief");
        using var exchanging = Service.Service.ClientWith(certificate, bearer: null);
        var body = Service.ExchangeBody(fixture.RuleId, Service.Token()).ToJsonString();
        var token = (await exchanging.PostOkAsync(FederatedService.TokenPath, body)).Text("access_token");
        Service.ClaimsOf(token).Confirmation.CertificateThumbprint.ShouldBe(BoundTokens.ThumbprintOf(certificate));

        using var own = Service.Service.ClientWith(certificate, token);
        await own.GetOkAsync(BoundTokens.Path);
        using var swapped = Service.Service.ClientWith(thief, token);
        await swapped
            .GetAsync(BoundTokens.Path, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.certificate");
        using var bare = Service.Service.ClientWith(null, token);
        await bare.GetAsync(BoundTokens.Path, Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.certificate");
    }

    public void Dispose() => key.Dispose();

    private async Task<HttpResponseMessage> PostAsync(params string[] proofs)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, FederatedService.TokenPath)
        {
            Content = new StringContent(
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
                    + $"&rule={fixture.RuleId}&assertion={Service.Token()}",
                Encoding.UTF8,
                "application/x-www-form-urlencoded"
            ),
        };
        foreach (var proof in proofs)
        {
            message.Headers.TryAddWithoutValidation(RequestBinding.ProofHeader, proof);
        }

        return await Service.SendAnonymousAsync(message);
    }

    private string Proof(string? nonce) =>
        new DpopProofSigner(key).Sign("POST", Target, Service.Time.GetUtcNow(), nonce);

    private string Sign(string method, Uri target, DateTimeOffset at) =>
        new DpopProofSigner(key).Sign(method, target, at, Service.Nonce());

    private string ProofOfUse(string token) =>
        new DpopProofSigner(key).Sign(
            "GET",
            new Uri(FederatedService.PublicUrl + BoundTokens.Path),
            Service.Time.GetUtcNow(),
            Service.Nonce(),
            token
        );

    private static async Task ShouldBeAsync(HttpResponseMessage response, string error)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonElement body = await response.JsonAsync();
        body.Text("error").ShouldBe(error);
        response.Header("DPoP-Nonce").ShouldNotBeNull();
    }
}
