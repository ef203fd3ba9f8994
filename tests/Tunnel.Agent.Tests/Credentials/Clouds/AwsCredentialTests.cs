using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Credentials.Aws;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Credentials.Clouds;

/// <summary>Sessions of a role: what is asked of STS, and what of its answers is not taken.</summary>
public sealed class AwsCredentialTests : IAsyncLifetime
{
    private const string NoSession = "127.0.0.1 did not answer with a session of STS. Check aws.sts_url.";
    private const string Bomb = """
        <!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>
        """;

    private readonly FakeTimeProvider time = new();
    private readonly SignedAssertions assertions;
    private CloudDouble cloud = null!;

    public AwsCredentialTests() => assertions = new SignedAssertions(time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cloud = await CloudDouble.StartAsync(time);

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task Session_OfTheRoute_IsRequestedOnceForConcurrentCalls()
    {
        var credential = cloud.Aws(assertions, cloud.AwsSettings());

        var headers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => credential.GetOwnAsync(Token).AsTask()));

        headers.Select(h => h.Problem).Distinct().ShouldBe([""]);
        headers.Select(h => ((AwsSigner)h.Signer!).Session.AccessKeyId).Distinct().ShouldBe(["ASIA1"]);
        assertions.Audiences.ShouldBe(["sts.amazonaws.com"]);
        var form = cloud.Forms.ShouldHaveSingleItem();
        form.Remove("WebIdentityToken", out var assertion).ShouldBeTrue();
        assertion!.Split('.').Length.ShouldBe(3);
        form.ShouldBe(
            new Dictionary<string, string>
            {
                ["Action"] = "AssumeRoleWithWebIdentity",
                ["Version"] = "2011-06-15",
                ["RoleArn"] = CloudDouble.Role,
                ["RoleSessionName"] = "culvert-docs",
                ["DurationSeconds"] = "3600",
            },
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Session_ShortlyBeforeItsEnd_IsReplaced()
    {
        var credential = cloud.Aws(assertions, cloud.AwsSettings());
        await credential.GetOwnAsync(Token);

        time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(31));
        var before = await credential.GetOwnAsync(Token);
        time.Advance(TimeSpan.FromSeconds(1));
        var after = await credential.GetOwnAsync(Token);

        ((AwsSigner)before.Signer!).Session.AccessKeyId.ShouldBe("ASIA1");
        ((AwsSigner)after.Signer!).Session.AccessKeyId.ShouldBe("ASIA2");
    }

    [Fact]
    public async Task Sdk_AndAgent_GetTheSameAnswerOfTheSameDouble()
    {
        var settings = cloud.AwsSettings();
        using var sdk = new AmazonSecurityTokenServiceClient(
            new AnonymousAWSCredentials(),
            new AmazonSecurityTokenServiceConfig
            {
                ServiceURL = cloud.Url,
                AuthenticationRegion = CloudDouble.Region,
                HttpClientFactory = new TrustingFactory(cloud),
            }
        );

        var theirs = (
            await sdk.AssumeRoleWithWebIdentityAsync(
                new AssumeRoleWithWebIdentityRequest
                {
                    RoleArn = CloudDouble.Role,
                    RoleSessionName = "culvert-docs",
                    DurationSeconds = 3600,
                    WebIdentityToken = assertions.Sign("sts.amazonaws.com"),
                },
                Token
            )
        ).Credentials;
        var ours = ((AwsSigner)(await cloud.Aws(assertions, settings).GetOwnAsync(Token)).Signer!).Session;

        cloud.Forms[1].Keys.ShouldBe(cloud.Forms[0].Keys, ignoreOrder: true);
        (theirs.AccessKeyId, ours.AccessKeyId).ShouldBe(("ASIA1", "ASIA2"));
        ours.SecretKey.ShouldBe(theirs.SecretAccessKey);
        theirs.SessionToken.ShouldBe("token-of-ASIA1");
        ours.EndsAt.UtcDateTime.ShouldBe(theirs.Expiration!.Value.ToUniversalTime());
    }

    [Fact]
    public async Task Sdk_ChainedSession_IsSignedAsTheAgentSignsIt()
    {
        var session = new AwsSession("ASIA9", "secret/of+session", "token-of-ASIA9", DateTimeOffset.MaxValue);
        var settings = cloud.AwsSettings();
        using var sdk = new AmazonSecurityTokenServiceClient(
            new SessionAWSCredentials(session.AccessKeyId, session.SecretKey, session.SessionToken),
            new AmazonSecurityTokenServiceConfig
            {
                ServiceURL = cloud.Url,
                AuthenticationRegion = CloudDouble.Region,
                HttpClientFactory = new TrustingFactory(cloud),
            }
        );

        var theirs = await sdk.AssumeRoleAsync(
            new AssumeRoleRequest
            {
                RoleArn = CloudDouble.Role,
                RoleSessionName = "culvert-docs-alice",
                DurationSeconds = 3600,
                Tags = [new Tag { Key = "user", Value = "alice" }],
            },
            Token
        );
        var ours = await new SecurityTokenService(
            settings,
            new CloudEndpoint(settings.Endpoint, time),
            time
        ).AssumeAsync("culvert-docs-alice", [new("user", "alice")], session);

        ours.Problem.ShouldBe("");
        theirs.Credentials.AccessKeyId.ShouldBe("ASIA1");
        cloud.Forms[1].ShouldBe(cloud.Forms[0], ignoreOrder: true);
    }

    [Theory]
    [InlineData("large", "127.0.0.1 sent more than 65536 bytes.")]
    [InlineData("redirect", "127.0.0.1 answered with a redirect (302), which is not followed.")]
    [InlineData("html", NoSession)]
    [InlineData("empty", NoSession)]
    [InlineData("bomb", NoSession)]
    [InlineData("external", NoSession)]
    [InlineData("namespace", NoSession)]
    [InlineData("repeated", NoSession)]
    [InlineData("deep", NoSession)]
    [InlineData("other action", NoSession)]
    [InlineData("no expiration", NoSession)]
    [InlineData("no time", NoSession)]
    [InlineData("id", NoSession)]
    [InlineData("past", "AWS gave a session that has already expired. Check the clock of this host.")]
    [InlineData("503", "127.0.0.1 answered with status 503, and not as STS does. Check aws.sts_url.")]
    public async Task Answer_ThatIsNoSession_IsRefusedByItsKind(string kind, string problem)
    {
        const string Action = "AssumeRoleWithWebIdentity";
        cloud.Intercept = kind switch
        {
            "large" => CloudDouble.Answer(new string(' ', 10 * 1024 * 1024)),
            "redirect" => CloudDouble.Answer("", 302),
            "html" => CloudDouble.Answer("<html><body>Sign in</body></html>", type: "text/html"),
            "empty" => CloudDouble.Answer(""),
            "bomb" => CloudDouble.Answer(Bomb),
            "external" => CloudDouble.Answer(
                "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">" + cloud.Session(Action, "ASIA1")
            ),
            "namespace" => CloudDouble.Answer(cloud.Session(Action, "ASIA1", xmlNamespace: "urn:other")),
            "repeated" => CloudDouble.Answer(
                cloud.Session(Action, "ASIA1").Replace("<AccessKeyId>", "<AccessKeyId>A</AccessKeyId><AccessKeyId>")
            ),
            "deep" => CloudDouble.Answer(
                cloud
                    .Session(Action, "ASIA1")
                    .Replace(
                        "name</Arn>",
                        string.Concat(Enumerable.Repeat("<a>", 9))
                            + string.Concat(Enumerable.Repeat("</a>", 9))
                            + "</Arn>"
                    )
            ),
            "other action" => CloudDouble.Answer(cloud.Session("AssumeRole", "ASIA1")),
            "no expiration" => CloudDouble.Answer(cloud.Session(Action, "ASIA1", expiration: "")),
            "no time" => CloudDouble.Answer(cloud.Session(Action, "ASIA1", expiration: "tomorrow")),
            "id" => CloudDouble.Answer(cloud.Session(Action, "ASIA/1")),
            "past" => CloudDouble.Answer(cloud.Session(Action, "ASIA1", expiration: "2025-12-31T23:59:59Z")),
            _ => CloudDouble.Answer("<html>hunter2</html>", 503),
        };
        var credential = cloud.Aws(assertions, cloud.AwsSettings());

        var header = await credential.GetOwnAsync(Token);

        header.ShouldBe(CredentialHeader.Failed(problem));
        await credential.GetOwnAsync(Token);
        cloud.Forms.Count.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(1));
        cloud.Intercept = null;
        (await credential.GetOwnAsync(Token)).Problem.ShouldBe("");
    }

    [Fact]
    public async Task Answer_ThatDoesNotCome_IsRefusedAfterFiveSeconds()
    {
        var asked = new TaskCompletionSource();
        cloud.Intercept = async context =>
        {
            asked.SetResult();
            await Never.RespondAsync(context.RequestAborted);
            return true;
        };
        var pending = cloud.Aws(assertions, cloud.AwsSettings()).GetOwnAsync(Token).AsTask();
        await asked.Task.WaitAsync(Token);

        time.Advance(TimeSpan.FromSeconds(5));

        (await pending).Problem.ShouldBe("127.0.0.1 did not finish its response within 5 s.");
    }

    [Theory]
    [InlineData(
        "AccessDenied",
        "AWS does not let the agent assume arn:aws:iam::123456789012:role/culvert/docs (AccessDenied). Check the role's trust policy: the identity provider, sts:AssumeRoleWithWebIdentity, and the conditions on aud and sub."
    )]
    [InlineData(
        "InvalidIdentityToken",
        "AWS cannot validate the agent's assertion (InvalidIdentityToken). Check that IAM has an identity provider with the assertion's issuer and the audience sts.amazonaws.com, and that its keys are those of the issuer."
    )]
    [InlineData(
        "ExpiredTokenException",
        "AWS received an assertion or a session that has expired (ExpiredTokenException). Check the clocks of this host and of the issuer."
    )]
    [InlineData(
        "IDPRejectedClaim",
        "The identity provider rejects the agent's assertion (IDPRejectedClaim). Check that the assertion has not been revoked, and the conditions on its claims in the role's trust policy."
    )]
    [InlineData(
        "IDPCommunicationError",
        "AWS cannot reach the assertion's issuer (IDPCommunicationError). Make the issuer's discovery document and keys reachable from the internet; then wait a minute."
    )]
    [InlineData(
        "RegionDisabledException",
        "STS is not activated in eu-central-1 (RegionDisabledException). Activate it in the account settings of IAM, or set aws.sts_url to the endpoint of another region."
    )]
    [InlineData(
        "PackedPolicyTooLarge",
        "The session tags are too long for AWS (PackedPolicyTooLarge). Set fewer aws.session_tags."
    )]
    [InlineData(
        "ValidationError",
        "AWS does not accept a value of the request (ValidationError). Check aws.role and aws.session_tags."
    )]
    [InlineData(
        "Throttling",
        "AWS limits the account's requests to STS (Throttling). Wait, or set session tags that fewer callers differ in."
    )]
    [InlineData(
        "SignatureDoesNotMatch",
        "AWS rejects the agent's signature (SignatureDoesNotMatch). Check the clock of this host, and aws.region."
    )]
    [InlineData("NewError", "AWS refuses the session (NewError). Look the code up in the errors of the AWS STS API.")]
    [InlineData("what the server says", "AWS refuses the session. Look the code up in the errors of the AWS STS API.")]
    public async Task Error_OfSts_NamesCauseAndRemedy(string code, string problem)
    {
        cloud.Intercept = CloudDouble.AwsError(code);

        (await cloud.Aws(assertions, cloud.AwsSettings()).GetOwnAsync(Token)).ShouldBe(
            CredentialHeader.Failed(problem)
        );
    }

    [Fact]
    public async Task Assertion_ThatCannotBeHad_IsTheProblemAndStsIsNotAsked()
    {
        assertions.Problem = "The service does not respond.";

        (await cloud.Aws(assertions, cloud.AwsSettings()).GetOwnAsync(Token)).ShouldBe(
            CredentialHeader.Failed("The service does not respond.")
        );
        cloud.Forms.ShouldBeEmpty();
    }

    private sealed class TrustingFactory(CloudDouble cloud) : Amazon.Runtime.HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(cloud.CreateHandler());
    }
}
