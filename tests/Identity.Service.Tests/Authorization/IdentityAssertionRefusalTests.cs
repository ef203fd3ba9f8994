using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing.Keys;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>One good identity assertion with one change: each has its error and its recorded reason.</summary>
public sealed class IdentityAssertionRefusalTests : IClassFixture<AuthorizationBenchFixture>
{
    private readonly AuthorizationBench bench;

    public IdentityAssertionRefusalTests(AuthorizationBenchFixture fixture)
    {
        bench = fixture.Bench;
        // The rates of one address are those of one test.
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(10));
    }

    [Theory]
    // The audience.
    [InlineData("aud", null, "audience_invalid")]
    [InlineData("aud", "7", "audience_invalid")]
    [InlineData("aud", "[]", "audience_mismatch")]
    [InlineData("aud", "\"https://other.example\"", "audience_mismatch")]
    [InlineData("aud", "\"https://identity.test:8443\"", "audience_mismatch")]
    [InlineData("aud", "[\"https://identity.test:8443\",\"https://other.example\"]", "audience_multiple")]
    // The client.
    [InlineData("client_id", null, "claim_missing")]
    [InlineData("client_id", "\"another\"", "claim_mismatch")]
    [InlineData("client_id", "7", "claim_mismatch")]
    // Once, and only now.
    [InlineData("jti", null, "jti_invalid")]
    [InlineData("jti", "\"\"", "jti_invalid")]
    [InlineData("jti", "7", "jti_invalid")]
    [InlineData("exp", null, "exp_invalid")]
    [InlineData("exp", "1000", "token_expired")]
    [InlineData("iat", null, "iat_invalid")]
    [InlineData("iat", "\"now\"", "iat_invalid")]
    [InlineData("iat", "9000000000", "issued_in_future")]
    [InlineData("nbf", "9000000000", "not_yet_valid")]
    // The person.
    [InlineData("sub", null, "subject_invalid")]
    [InlineData("sub", "\"\"", "subject_invalid")]
    [InlineData("sub", "[\"ada\"]", "subject_invalid")]
    [InlineData("sub", "\"bob\"", "match_subject_prefix")]
    // The key.
    [InlineData("cnf", "{}", "binding_mismatch")]
    [InlineData("cnf", "\"key\"", "binding_mismatch")]
    // Another issuer is not looked up, so there is no record of a rule.
    [InlineData("iss", null, null)]
    [InlineData("iss", "\"https://other.example\"", null)]
    public async Task Claim_Changed_IsInvalidGrant(string claim, string? json, string? reason) =>
        await ShouldRefuseAsync(Changed(claim, json), "invalid_grant", reason);

    [Theory]
    [InlineData("resource", null)]
    [InlineData("resource", "7")]
    [InlineData("resource", "[]")]
    [InlineData("resource", "\"https://other.example/mcp\"")]
    [InlineData("resource", "\"http://docs.example/mcp\"")]
    [InlineData("resource", "\"https://identity.test:8443\"")]
    public async Task Resource_Changed_IsInvalidTarget(string claim, string? json) =>
        await ShouldRefuseAsync(Changed(claim, json), "invalid_target", "target_not_allowed");

    [Theory]
    [InlineData("7")]
    [InlineData("\"\"")]
    [InlineData("\"files.read  files.write\"")]
    [InlineData("\"files.admin\"")]
    [InlineData("[\"files.read\"]")]
    public async Task Scope_Changed_IsInvalidScope(string json) =>
        await ShouldRefuseAsync(Changed("scope", json), "invalid_scope", "scope_not_granted");

    [Theory]
    [InlineData("scope", "files.read files.admin", "invalid_scope", "scope_not_granted")]
    [InlineData("resource", "https://other.example/mcp", "invalid_target", "target_not_allowed")]
    [InlineData("client_id", "another", "invalid_grant", "claim_mismatch")]
    public async Task Request_WiderThanTheAssertion_IsRefused(string name, string value, string error, string reason)
    {
        var form = bench.AssertionForm(bench.Assertion());
        form[name] = value;

        await ShouldRefuseAsync(form, error, reason);
    }

    [Theory]
    [InlineData("client_id", "", "invalid_request", 400)]
    [InlineData("assertion", "", "invalid_request", 400)]
    [InlineData("assertion", "not.a.token", "invalid_grant", 400)]
    [InlineData("resource", "http://docs.example/mcp", "invalid_target", 400)]
    [InlineData("scope", "a  b", "invalid_scope", 400)]
    [InlineData("client_secret", "x", "invalid_client", 401)]
    [InlineData("client_assertion", "x", "invalid_client", 401)]
    public async Task Request_Malformed_IsRefusedWithoutARecord(string name, string value, string error, int status)
    {
        var form = bench.AssertionForm(bench.Assertion());
        form[name] = value;

        await ShouldRefuseAsync(form, error, reason: null, status);
    }

    [Theory]
    [InlineData(16 * 1024, "invalid_grant")]
    [InlineData((16 * 1024) + 1, "invalid_request")]
    [InlineData(20 * 1024, "invalid_request")]
    public async Task Assertion_Length_HasALimit(int length, string error) =>
        await ShouldRefuseAsync(bench.AssertionForm(new string('a', length)), error, reason: null);

    [Fact]
    public async Task Subject_TooLong_IsInvalidGrant() =>
        await ShouldRefuseAsync(
            bench.AssertionForm(bench.Assertion(claims => claims["sub"] = new string('a', 1025))),
            "invalid_grant",
            "subject_invalid"
        );

    [Fact]
    public async Task TokenId_TooLong_IsInvalidGrant() =>
        await ShouldRefuseAsync(
            bench.AssertionForm(bench.Assertion(claims => claims["jti"] = new string('a', 257))),
            "invalid_grant",
            "jti_invalid"
        );

    [Fact]
    public async Task Client_Unknown_IsInvalidClient()
    {
        const string Unknown = "ocl_01234567890123456789AB";
        var form = bench.AssertionForm(bench.Assertion(claims => claims["client_id"] = Unknown));
        form["client_id"] = Unknown;

        await ShouldRefuseAsync(form, "invalid_client", "actor_invalid");
    }

    // Another type is not an identity assertion; no rule for workloads is about this issuer.
    [Theory]
    [InlineData(""", "typ":"JWT" """)]
    [InlineData(""", "typ":"at+jwt" """)]
    [InlineData(""", "typ":"dpop+jwt" """)]
    [InlineData("")]
    public async Task Type_Other_IsInvalidGrant(string type) =>
        await ShouldRefuseAsync(
            bench.WorkloadForm(
                bench.Federated.Provider.Sign(bench.AssertionClaims(), """{"alg":"RS256","kid":"rsa-1" """ + type + "}")
            ),
            "invalid_grant",
            reason: null
        );

    [Fact]
    public async Task Algorithm_None_IsInvalidGrant() =>
        await ShouldRefuseAsync(
            bench.AssertionForm(
                TestIdentityProvider.Assemble(
                    """{"alg":"none","typ":"oauth-id-jag+jwt"}""",
                    bench.AssertionClaims().ToJsonString(),
                    _ => []
                )
            ),
            "invalid_grant",
            reason: null
        );

    [Fact]
    public async Task Algorithm_HmacWithThePublicKey_IsInvalidGrant()
    {
        var modulus = (string)bench.Federated.Provider.Keys[0]!["n"]!;

        await ShouldRefuseAsync(
            bench.AssertionForm(
                TestIdentityProvider.Assemble(
                    """{"alg":"HS256","kid":"rsa-1","typ":"oauth-id-jag+jwt"}""",
                    bench.AssertionClaims().ToJsonString(),
                    data => HMACSHA256.HashData(System.Text.Encoding.ASCII.GetBytes(modulus), data)
                )
            ),
            "invalid_grant",
            reason: null
        );
    }

    [Theory]
    [InlineData("rsa-1", "signature_invalid")]
    [InlineData("rsa-2", "kid_unknown")]
    public async Task Key_Other_IsInvalidGrant(string keyId, string reason)
    {
        using var key = TestKeys.OtherRsa();

        await ShouldRefuseAsync(
            bench.AssertionForm(
                TestIdentityProvider.SignWith(
                    key,
                    AuthorizationBench.AssertionHeader.Replace("rsa-1", keyId, StringComparison.Ordinal),
                    bench.AssertionClaims().ToJsonString()
                )
            ),
            "invalid_grant",
            reason
        );
    }

    [Fact]
    public async Task Credentials_InTheHeader_AreInvalidClient()
    {
        using var content = new FormUrlEncodedContent(bench.AssertionForm(bench.Assertion()));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/oauth/{bench.Organization}/token")
        {
            Content = content,
        };
        request.Headers.Authorization = new("Basic", "eDp4");

        using var response = await bench.Federated.SendAnonymousAsync(request);

        (await response.JsonAsync()).Text("error").ShouldBe("invalid_client");
    }

    private Dictionary<string, string> Changed(string claim, string? json) =>
        bench.AssertionForm(
            bench.Assertion(claims =>
            {
                if (json is null)
                {
                    claims.Remove(claim);
                }
                else
                {
                    claims[claim] = JsonNode.Parse(json);
                }
            })
        );

    private async Task ShouldRefuseAsync(
        Dictionary<string, string> form,
        string error,
        string? reason,
        int status = 400
    )
    {
        using var response = await bench.TokenAsync(form);
        var body = await response.JsonAsync();
        ((int)response.StatusCode).ShouldBe(status, body.ToString());
        body.Text("error").ShouldBe(error, body.ToString());
        (await bench.FindReasonAsync(response.Header("request-id")!)).ShouldBe(reason);
    }
}
