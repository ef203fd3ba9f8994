using System.Text.Json;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;

namespace Culvert.Tunnel.Agent.Tests.Credentials.Clouds;

/// <summary>Tokens of Google Cloud: what is asked of its two services, and what of their answers is not taken.</summary>
public sealed class GoogleCredentialTests : IAsyncLifetime
{
    private const string NoToken =
        "127.0.0.1 did not answer with a token of Google. Check google.token_url and google.iam_url.";
    private const string Refused =
        "Google does not accept the agent's assertion (invalid_grant). Check that the provider has the assertion's issuer and the audience https:"
        + CloudDouble.Provider
        + ", its attribute condition, and the clock of this host.";

    private readonly FakeTimeProvider time = new();
    private readonly SignedAssertions assertions;
    private CloudDouble cloud = null!;

    public GoogleCredentialTests() => assertions = new SignedAssertions(time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cloud = await CloudDouble.StartAsync(time);

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task Token_OfTheFederatedIdentity_TakesOneExchange()
    {
        var credential = cloud.Google(assertions, cloud.GoogleSettings());

        var headers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => credential.GetOwnAsync(Token).AsTask()));

        headers
            .Distinct()
            .ShouldBe([
                CredentialHeader.Bearer(
                    "federated",
                    new(CloudDouble.Provider, time.GetUtcNow() + TimeSpan.FromSeconds(3599))
                ),
            ]);
        assertions.Audiences.ShouldBe([$"https:{CloudDouble.Provider}"]);
        var form = cloud.Forms.ShouldHaveSingleItem();
        form.Remove("subject_token", out var assertion).ShouldBeTrue();
        assertion!.Split('.').Length.ShouldBe(3);
        form.ShouldBe(
            new Dictionary<string, string>
            {
                ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
                ["audience"] = CloudDouble.Provider,
                ["scope"] = "https://www.googleapis.com/auth/cloud-platform",
                ["requested_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
                ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
            },
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Token_OfAServiceAccount_IsForItsScopes()
    {
        var settings = cloud.GoogleSettings(CloudDouble.Account) with { Scopes = ["scope-1", "scope-2"] };

        var header = await cloud.Google(assertions, settings).GetOwnAsync(Token);

        header.ShouldBe(
            CredentialHeader.Bearer("access-of-account", new(CloudDouble.Account, time.GetUtcNow() + cloud.Life))
        );
        cloud.Paths.ShouldBe([
            "/v1/token",
            $"/v1/projects/-/serviceAccounts/{CloudDouble.Account}:generateAccessToken",
        ]);
        cloud.Forms[0]["scope"].ShouldBe("https://www.googleapis.com/auth/cloud-platform");
        cloud
            .Forms[1]
            .ShouldBe(
                new Dictionary<string, string> { ["scope"] = """["scope-1","scope-2"]""", ["lifetime"] = "3600s" },
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Token_ForCloudRun_IsAnIdTokenUntilItsExp()
    {
        const string Audience = "https://docs-abc.a.run.app";
        var credential = cloud.Google(assertions, cloud.GoogleSettings(CloudDouble.Account, Audience));
        var expected = $"Bearer {cloud.IdToken(Audience)}";

        var first = await credential.GetOwnAsync(Token);
        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(31));
        var before = await credential.GetOwnAsync(Token);
        time.Advance(TimeSpan.FromSeconds(1));
        var after = await credential.GetOwnAsync(Token);

        (first.Value, before.Value, after.Value).ShouldBe((expected, expected, $"Bearer {cloud.IdToken(Audience)}"));
        after.Value.ShouldNotBe(expected);
        cloud.Forms.Count.ShouldBe(4);
        cloud
            .Forms[1]
            .ShouldBe(
                new Dictionary<string, string> { ["audience"] = Audience, ["includeEmail"] = "True" },
                ignoreOrder: true
            );
    }

    [Theory]
    [InlineData("")]
    [InlineData(CloudDouble.Account)]
    public async Task Sdk_AndAgent_GetTheSameAnswerOfTheSameDouble(string account)
    {
        var folder = Directory.CreateTempSubdirectory("culvert-google-").FullName;
        try
        {
            var file = Path.Combine(folder, "assertion");
            await File.WriteAllTextAsync(file, assertions.Sign($"https:{CloudDouble.Provider}"), Token);
            var json = JsonSerializer.Serialize(
                new Dictionary<string, object>
                {
                    ["type"] = "external_account",
                    ["audience"] = CloudDouble.Provider,
                    ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                    ["token_url"] = $"{cloud.Url}/v1/token",
                    ["credential_source"] = new { file },
                    ["service_account_impersonation_url"] =
                        account.Length > 0
                            ? $"{cloud.Url}/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
                            : null!,
                }
            );
            var sdk = CredentialFactory
                .FromJson<FileSourcedExternalAccountCredential>(json)
                .ToGoogleCredential()
                .CreateWithHttpClientFactory(new TrustingFactory(cloud))
                .CreateScoped("https://www.googleapis.com/auth/cloud-platform");

            var theirs = await ((ITokenAccess)sdk).GetAccessTokenForRequestAsync(cancellationToken: Token);
            var ours = await cloud.Google(assertions, cloud.GoogleSettings(account)).GetOwnAsync(Token);

            ours.Value.ShouldBe($"Bearer {theirs}");
            theirs.ShouldBe(account.Length > 0 ? "access-of-account" : "federated");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("large", "127.0.0.1 sent more than 65536 bytes.")]
    [InlineData("redirect", "127.0.0.1 answered with a redirect (302), which is not followed.")]
    [InlineData("<html><body>Sign in</body></html>", NoToken)]
    [InlineData("", NoToken)]
    [InlineData("[]", NoToken)]
    [InlineData("{}", NoToken)]
    [InlineData("""{"access_token":"t"}""", NoToken)]
    [InlineData("""{"access_token":"t","expires_in":0}""", NoToken)]
    [InlineData("""{"access_token":"t","expires_in":"3600"}""", NoToken)]
    [InlineData("""{"access_token":"a b","expires_in":3600}""", NoToken)]
    [InlineData("""{"access_token":"\ud800","expires_in":3600}""", NoToken)]
    [InlineData("""{"access_token":"t","access_token":"u","expires_in":3600}""", NoToken)]
    [InlineData("""{"access_token":"t","expires_in":3600,"x":[[[[[[[[]]]]]]]]}""", NoToken)]
    public async Task Answer_ThatIsNoToken_IsRefusedByItsKind(string answer, string problem)
    {
        cloud.Intercept = answer switch
        {
            "large" => CloudDouble.Json(new string(' ', 10 * 1024 * 1024)),
            "redirect" => CloudDouble.Json("", 302),
            _ => CloudDouble.Json(answer),
        };

        (await cloud.Google(assertions, cloud.GoogleSettings()).GetOwnAsync(Token)).ShouldBe(
            CredentialHeader.Failed(problem)
        );
    }

    [Theory]
    [InlineData("""{"accessToken":"t"}""", NoToken)]
    [InlineData("""{"accessToken":"t","expireTime":"tomorrow"}""", NoToken)]
    [InlineData("""{"expireTime":"2026-01-01T01:00:00Z"}""", NoToken)]
    [InlineData(
        """{"accessToken":"t","expireTime":"2026-01-01T00:00:00Z"}""",
        "Google gave a token that has already expired. Check the clock of this host."
    )]
    public async Task AnswerForAnAccount_ThatIsNoToken_IsRefusedByItsKind(string answer, string problem)
    {
        cloud.Intercept = context =>
            context.Request.Path == "/v1/token" ? Task.FromResult(false) : CloudDouble.Json(answer)(context);

        (await cloud.Google(assertions, cloud.GoogleSettings(CloudDouble.Account)).GetOwnAsync(Token)).ShouldBe(
            CredentialHeader.Failed(problem)
        );
    }

    [Theory]
    [InlineData("""{"error":"invalid_grant","error_description":"hunter2"}""", Refused)]
    [InlineData(
        """{"error":"invalid_target"}""",
        "Google knows no such provider (invalid_target). Check google.audience, and that pool and provider are enabled."
    )]
    [InlineData("""{"error":"invalid_scope"}""", "Google does not know a scope (invalid_scope). Check google.scopes.")]
    [InlineData(
        """{"error":"unauthorized_client"}""",
        "The provider's attribute condition rejects the agent's assertion (unauthorized_client). Check the condition against the assertion's claims."
    )]
    [InlineData(
        """{"error":"new_error"}""",
        "Google refuses the token (new_error). Look the code up in the errors of Google's token services."
    )]
    [InlineData(
        """{"error":"what the server says"}""",
        "127.0.0.1 answered with status 400, and not as Google does. Check google.token_url and google.iam_url."
    )]
    [InlineData(
        "<html>hunter2</html>",
        "127.0.0.1 answered with status 400, and not as Google does. Check google.token_url and google.iam_url."
    )]
    public async Task ErrorOfTheExchange_NamesCauseAndRemedy(string answer, string problem)
    {
        cloud.Intercept = CloudDouble.Json(answer, 400);

        (await cloud.Google(assertions, cloud.GoogleSettings()).GetOwnAsync(Token)).ShouldBe(
            CredentialHeader.Failed(problem)
        );
    }

    [Theory]
    [InlineData(
        "PERMISSION_DENIED",
        "The agent may not act as docs@project-1.iam.gserviceaccount.com (PERMISSION_DENIED). Grant the agent's federated principal the role roles/iam.workloadIdentityUser on it, and enable the IAM Service Account Credentials API."
    )]
    [InlineData(
        "NOT_FOUND",
        "Google knows no service account docs@project-1.iam.gserviceaccount.com (NOT_FOUND). Check google.service_account."
    )]
    [InlineData(
        "INVALID_ARGUMENT",
        "Google does not accept a value of the request (INVALID_ARGUMENT). Check google.scopes and google.id_token_audience."
    )]
    [InlineData(
        "UNAUTHENTICATED",
        "Google rejects its own federated token (UNAUTHENTICATED). Check the clock of this host, and that google.token_url and google.iam_url belong together."
    )]
    [InlineData(
        "RESOURCE_EXHAUSTED",
        "Google limits the project's requests (RESOURCE_EXHAUSTED). Wait, or raise the quota."
    )]
    [InlineData(
        "NEW_ERROR",
        "Google refuses the token (NEW_ERROR). Look the code up in the errors of Google's token services."
    )]
    public async Task ErrorForAnAccount_NamesCauseAndRemedy(string status, string problem)
    {
        cloud.Intercept = context =>
            context.Request.Path == "/v1/token"
                ? Task.FromResult(false)
                : CloudDouble.Json($$$"""{"error":{"code":403,"message":"hunter2","status":"{{{status}}}"}}""", 403)(
                    context
                );

        (await cloud.Google(assertions, cloud.GoogleSettings(CloudDouble.Account)).GetOwnAsync(Token)).ShouldBe(
            CredentialHeader.Failed(problem)
        );
    }

    [Fact]
    public async Task Assertion_ThatCannotBeHad_IsTheProblemAndGoogleIsNotAsked()
    {
        assertions.Problem = "The service does not respond.";

        (await cloud.Google(assertions, cloud.GoogleSettings()).GetOwnAsync(Token)).ShouldBe(
            CredentialHeader.Failed("The service does not respond.")
        );
        cloud.Forms.ShouldBeEmpty();
    }

    private sealed class TrustingFactory(CloudDouble cloud) : Google.Apis.Http.HttpClientFactory
    {
        protected override HttpMessageHandler CreateHandler(CreateHttpClientArgs args) => cloud.CreateHandler();
    }
}
