using System.Net;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Credentials.Aws;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Credentials.Clouds;

/// <summary>Calls through the agent to upstreams in a cloud.</summary>
public sealed class UpstreamCloudTests : IAsyncLifetime
{
    private const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";
    private const string Denied =
        "HTTP/1.1 403 Forbidden\r\nx-amzn-ErrorType: AccessDeniedException\r\nContent-Length: 0\r\n\r\n";

    private readonly SignedAssertions assertions = new(TimeProvider.System);
    private CloudDouble cloud = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cloud = await CloudDouble.StartAsync(TimeProvider.System);

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Aws_Call_IsSignedOverTheBytesThatAreSent(bool hasLength)
    {
        var log = new LogLines();
        await using var fixture = await OauthFixture.StartAsync(
            credential: cloud.Aws(assertions, cloud.AwsSettings()),
            loggers: log
        );
        var token = fixture.Token();

        using var answer = await fixture.SendAsync(
            token,
            path: "/runtimes/arn%3Aaws%2Fx/mcp?qualifier=DEFAULT&a",
            json: Call,
            change: request =>
            {
                request.Headers.TransferEncodingChunked = !hasLength;
                request.Headers.TryAddWithoutValidation("X-Amz-Target", "Docs.Read");
                request.Headers.TryAddWithoutValidation("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
                request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", "of-the-client");
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, log.Text);
        var seen = await fixture.Upstream.NextAsync();
        seen.BodyText.ShouldBe(Call);
        seen.Header("x-amz-target").ShouldBe(["Docs.Read"]);
        CloudDouble
            .IsSigned(
                "POST",
                "/runtimes/arn%253Aaws%252Fx/mcp\na=&qualifier=DEFAULT",
                name => seen.Header(name).ShouldHaveSingleItem(),
                seen.Body,
                "execute-api"
            )
            .ShouldBeTrue(seen.Head);
        (seen.Head + log.Text).ShouldNotContain(token.Split('.')[2]);
        log.Text.ShouldNotContain("token-of-ASIA1");
    }

    [Fact]
    public async Task Aws_CallWithoutBody_IsSigned()
    {
        await using var fixture = await OauthFixture.StartAsync(credential: cloud.Aws(assertions, cloud.AwsSettings()));

        using var answer = await fixture.SendAsync(fixture.Token());

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seen = await fixture.Upstream.NextAsync();
        CloudDouble
            .IsSigned("GET", "/mcp\n", name => seen.Header(name).ShouldHaveSingleItem(), [], "execute-api")
            .ShouldBeTrue(seen.Head);
    }

    [Fact]
    public async Task Aws_ProbeOfTheAgent_IsSignedWithItsHeaders()
    {
        await using var server = RawUpstream.Answering(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
        );
        var settings = Support.Tunnel.UpstreamTo(server.Port) with
        {
            Headers = [new("X-Amz-Tenant", SettingValue.Parse("acme", "/"))],
            Probe = new ProbeSettings(ProbeKind.Mcp, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)),
        };
        await using var upstream = new HttpUpstream(
            settings,
            new UpstreamConnector(settings, TimeProvider.System),
            Support.Tunnel.NewForwarder()
        );
        var access = new RouteAccess(
            new OauthSettings { Mode = OauthMode.DangerousNone },
            [],
            cloud.Aws(assertions, cloud.AwsSettings(("user", "sub"))),
            TimeProvider.System
        );

        await upstream.ProbeAsync(new Route("docs", upstream, [], access), Token);

        var seen = await server.NextAsync();
        seen.Header("Authorization").ShouldHaveSingleItem().ShouldContain(";x-amz-tenant, ");
        CloudDouble
            .IsSigned("POST", "/mcp\n", name => seen.Header(name).ShouldHaveSingleItem(), seen.Body, "execute-api")
            .ShouldBeTrue(seen.Head);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Aws_BodyBeyondTheLimit_Is413AndTheUpstreamSeesNothing(bool hasLength)
    {
        await using var fixture = new OauthFixture();
        fixture.Tunnel.Add(
            "docs",
            fixture.Upstream.Port,
            fixture.Access(cloud.Aws(assertions, cloud.AwsSettings())),
            change: settings => settings with { MaxRequestBytes = Call.Length - 1 }
        );
        await fixture.Tunnel.StartAsync();

        using var answer = await fixture.SendAsync(
            fixture.Token(),
            json: Call,
            change: request => request.Headers.TransferEncodingChunked = !hasLength
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.request_too_large"]);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData(Denied)]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")]
    public async Task Aws_RefusedSession_IsRequestedAnew(string refusal)
    {
        await using var fixture = await OauthFixture.StartAsync(
            answer: refusal,
            credential: cloud.Aws(assertions, cloud.AwsSettings())
        );

        using var first = await fixture.SendAsync(fixture.Token(), json: Call);
        using var second = await fixture.SendAsync(fixture.Token(), json: Call);

        first.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        first.Headers.GetValues("culvert-reason").ShouldBe(["upstream.credential_refused"]);
        (await fixture.Upstream.NextAsync()).Header("x-amz-security-token").ShouldBe(["token-of-ASIA1"]);
        (await fixture.Upstream.NextAsync()).Header("x-amz-security-token").ShouldBe(["token-of-ASIA2"]);
    }

    [Fact]
    public async Task Aws_ServersOwn403_ReachesTheCaller()
    {
        await using var fixture = await OauthFixture.StartAsync(
            answer: "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            credential: cloud.Aws(assertions, cloud.AwsSettings())
        );

        using var answer = await fixture.SendAsync(fixture.Token(), json: Call);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Aws_StsThatRefuses_Is502AndTheUpstreamSeesNothing()
    {
        cloud.Intercept = CloudDouble.AwsError("AccessDenied");
        var log = new LogLines();
        await using var fixture = await OauthFixture.StartAsync(
            credential: cloud.Aws(assertions, cloud.AwsSettings()),
            loggers: log
        );

        using var answer = await fixture.SendAsync(fixture.Token(), json: Call);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.credential_unavailable"]);
        fixture.Upstream.Connections.ShouldBe(0);
        log.Text.ShouldContain("AWS does not let the agent assume arn:aws:iam::123456789012:role/culvert/docs");
    }

    [Fact]
    public async Task Aws_SessionTags_AreTheCallersClaimsAndOneSessionPerValues()
    {
        await using var fixture = await StartWithClaimsAsync(("team", "department"));

        foreach (
            var (subject, department) in ((string, string)[])[("alice", "sales"), ("bob", "sales"), ("carol", "law")]
        )
        {
            using var answer = await fixture.SendAsync(TokenOf(fixture, subject, department), json: Call);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var sent = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            sent.AddRange((await fixture.Upstream.NextAsync()).Header("x-amz-security-token"));
        }

        sent.ShouldBe(["token-of-ASIA2", "token-of-ASIA2", "token-of-ASIA3"]);
        cloud.Forms.Select(form => form["Action"]).ShouldBe(["AssumeRoleWithWebIdentity", "AssumeRole", "AssumeRole"]);
        cloud
            .Forms[1]
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["Action"] = "AssumeRole",
                    ["Version"] = "2011-06-15",
                    ["RoleArn"] = CloudDouble.Role,
                    ["RoleSessionName"] = "culvert-docs-sales",
                    ["DurationSeconds"] = "3600",
                    ["Tags.member.1.Key"] = "team",
                    ["Tags.member.1.Value"] = "sales",
                },
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Aws_CallerWithoutTheClaim_Is502AndStsIsNotAsked()
    {
        await using var fixture = await StartWithClaimsAsync(("team", "department"));

        using var answer = await fixture.SendAsync(fixture.Token(), json: Call);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.credential_unavailable"]);
        cloud.Forms.ShouldBeEmpty();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Aws_RoleThatDoesNotTrustItself_IsNamedWithTheRemedy()
    {
        cloud.Intercept = context =>
            cloud.Forms[^1]["Action"] == "AssumeRole"
                ? CloudDouble.AwsError("AccessDenied")(context)
                : Task.FromResult(false);
        var settings = cloud.AwsSettings(("user", "sub"));
        var session = new AwsSession("ASIA9", "secret", "token-of-ASIA9", DateTimeOffset.MaxValue);

        var issued = await new SecurityTokenService(
            settings,
            new CloudEndpoint(settings.Endpoint, TimeProvider.System),
            TimeProvider.System
        ).AssumeAsync("culvert-docs-alice", [new("user", "alice")], session);

        issued.Problem.ShouldBe(
            "AWS does not let a session of arn:aws:iam::123456789012:role/culvert/docs assume that role with session tags (AccessDenied). "
                + "Let the role's trust policy name the role itself, with sts:AssumeRole and sts:TagSession."
        );
    }

    [Fact]
    public async Task Google_RefusedToken_IsRequestedAnew()
    {
        await using var fixture = await OauthFixture.StartAsync(
            answer: "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            credential: cloud.Google(assertions, cloud.GoogleSettings())
        );

        using var first = await fixture.SendAsync(fixture.Token(), json: Call);
        using var second = await fixture.SendAsync(fixture.Token(), json: Call);

        first.Headers.GetValues("culvert-reason").ShouldBe(["upstream.credential_refused"]);
        (await fixture.Upstream.NextAsync()).Header("Authorization").ShouldBe(["Bearer federated"]);
        cloud.Paths.ShouldBe(["/v1/token", "/v1/token"]);
        second.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
    }

    private async Task<OauthFixture> StartWithClaimsAsync(params (string Tag, string Claim)[] tags)
    {
        var fixture = new OauthFixture(exposed: ["department"], needsClaims: true);
        fixture.Tunnel.Add(
            "docs",
            fixture.Upstream.Port,
            fixture.Access(cloud.Aws(assertions, cloud.AwsSettings(tags)))
        );
        await fixture.Tunnel.StartAsync();
        return fixture;
    }

    private static string TokenOf(OauthFixture fixture, string subject, string department) =>
        fixture.Token(claims =>
        {
            claims["sub"] = subject;
            claims["department"] = department;
        });
}
