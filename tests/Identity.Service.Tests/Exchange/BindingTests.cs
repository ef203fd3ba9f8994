using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tokens.Binding;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Exchange;

/// <summary>What the token endpoint binds tokens to (RFC 9449 §5, RFC 8705 §3), as the rule's <c>bind</c> wants it.</summary>
public sealed class BindingTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Theory]
    [InlineData("any", true, "DPoP")]
    [InlineData("any", false, "Bearer")]
    [InlineData("none", true, "Bearer")]
    [InlineData("none", false, "Bearer")]
    [InlineData("dpop", true, "DPoP")]
    [InlineData("dpop", false, null)]
    [InlineData("mtls", true, null)]
    [InlineData("mtls", false, null)]
    public async Task Bind_OfTheRule_DecidesOnTheBinding(string bind, bool hasKey, string? type)
    {
        var rule = await Service.RuleAsync(body => body["bind"] = bind);
        using var client = hasKey ? ExchangeClient.WithKey(Service) : ExchangeClient.At(Service, "127.0.0.1");

        var call = client.PostAsync(Assertion(rule, Service.Token()));

        if (type is null)
        {
            var refused = await call.ShouldBeOAuthErrorAsync(400, "unauthorized_client");
            (await Service.HistoryOfAsync(refused.Text("request_id")))!
                .Value.Text("reason")
                .ShouldBe("binding_required");
            return;
        }

        var granted = await call.ShouldBeGrantedAsync();
        granted.Text("token_type").ShouldBe(type);
        ClaimsOf(granted.Text("access_token")).TryGetProperty("cnf", out _).ShouldBe(type == "DPoP");
    }

    // JSON stays opaque: only the history names the missing proof.
    [Fact]
    public async Task Bind_MissingOverJson_IsTheOpaqueDenial()
    {
        var rule = await Service.RuleAsync(body => body["bind"] = "dpop");

        (await Service.DenialAsync(rule, Service.Token())).ShouldBe("binding_required");
    }

    [Fact]
    public async Task Json_WithProof_IsBound()
    {
        using var client = ExchangeClient.WithKey(Service);

        var body = await client
            .PostJsonAsync(Service.ExchangeBody(fixture.RuleId, Service.Token()).ToJsonString())
            .ShouldBeGrantedAsync();

        body.Text("token_type").ShouldBe("DPoP");
        body.EnumerateObject()
            .Select(member => member.Name)
            .ShouldBe(["access_token", "token_type", "expires_in", "scope"]);
    }

    // RFC 9449 §8: the answer names the nonce to use, and the assertion was not used up.
    [Fact]
    public async Task Proof_WithoutNonce_IsAskedForOne()
    {
        using var client = ExchangeClient.WithKey(Service);
        var fields = Assertion(fixture.RuleId, Service.Token());

        using var first = await client.PostAsync(fields, client.Proof(nonce: "stale"));

        first.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await first.JsonAsync()).Text("error").ShouldBe("use_dpop_nonce");
        first.Header("DPoP-Nonce").ShouldBe(Service.Nonce());
        await client.PostAsync(fields).ShouldBeGrantedAsync();
    }

    [Fact]
    public async Task Proof_UsedTwice_IsInvalid()
    {
        using var client = ExchangeClient.WithKey(Service);
        var proof = client.Proof();
        await client.PostAsync(Assertion(fixture.RuleId, Service.Token()), proof).ShouldBeGrantedAsync();

        await client
            .PostAsync(Assertion(fixture.RuleId, Service.Token()), proof)
            .ShouldBeOAuthErrorAsync(400, "invalid_dpop_proof");
    }

    [Fact]
    public async Task Proof_OfADeniedExchange_IsNotUsedUp()
    {
        using var client = ExchangeClient.WithKey(Service);
        var proof = client.Proof();
        await client
            .PostAsync(Assertion(fixture.RuleId, Service.Token(c => c["sub"] = "other")), proof)
            .ShouldBeOAuthErrorAsync(400, "invalid_grant");

        await client.PostAsync(Assertion(fixture.RuleId, Service.Token()), proof).ShouldBeGrantedAsync();
    }

    // RFC 8705 §3: the certificate of the connection, and a bearer token on the wire.
    [Fact]
    public async Task Certificate_OfTheConnection_BindsTheToken()
    {
        var rule = await Service.RuleAsync(body => body["bind"] = "mtls");
        using var certificate = TestCertificates.Client("job");
        using var client = Service.Service.ClientWith(certificate, bearer: null);
        using var content = new FormUrlEncodedContent(
            Assertion(rule, Service.Token()).Select(field => KeyValuePair.Create(field.Name, field.Value))
        );

        var granted = await client
            .PostAsync(FederatedService.TokenPath, content, TestContext.Current.CancellationToken)
            .ShouldBeGrantedAsync();

        granted.Text("token_type").ShouldBe("Bearer");
        ClaimsOf(granted.Text("access_token"))
            .GetProperty("cnf")
            .Text("x5t#S256")
            .ShouldBe(BoundTokens.ThumbprintOf(certificate));
    }
}
