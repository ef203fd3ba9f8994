using System.Net;
using System.Text;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>
/// Rules A16–A20: the agent does not forward the client's token; the upstream receives the agent's own.
/// </summary>
public sealed class PassthroughRulesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-credential-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A16_ClientsToken_IsNowhereUpstreamNorInLogsNorInMetrics(int httpVersion)
    {
        var log = new LogLines();
        using var metrics = new Culvert.Platform.Metrics.MetricsText("Culvert");
        await using var fixture = await OauthFixture.StartAsync(
            o => o with { OperationScopes = [new OperationScopes("tools/delete_*", ["docs.write"])] },
            loggers: log
        );
        var token = fixture.Token(c => c["canary"] = "canary-in-the-claims");

        using var answer = await fixture.SendAsync(
            token,
            json: """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""",
            httpVersion: httpVersion,
            change: r =>
            {
                r.Headers.Add("Cookie", $"session={token}");
                r.Headers.Add("DPoP", token);
                r.Headers.Add("Proxy-Authorization", $"Bearer {token}");
                r.Headers.Add("X-Kept", "yes");
            }
        );
        using var refused = await fixture.SendAsync(token + "x", httpVersion: httpVersion);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var seen = await fixture.Upstream.NextAsync();
        seen.Header("X-Kept").ShouldBe(["yes"]);
        seen.Header("Authorization").ShouldBeEmpty();
        seen.Header("Cookie").ShouldBeEmpty();
        seen.Header("DPoP").ShouldBeEmpty();
        foreach (var part in token.Split('.'))
        {
            (seen.Head + seen.BodyText).ShouldNotContain(part);
            log.Text.ShouldNotContain(part);
            metrics.Write().ShouldNotContain(part);
            (await refused.Content.ReadAsStringAsync(Token)).ShouldNotContain(part);
        }
    }

    [Fact]
    public async Task A16_OpenRoute_GetsNoClientCredentialEither()
    {
        await using var upstream = RawUpstream.Answering(OauthFixture.Ok);
        await using var tunnel = new Support.Tunnel();
        tunnel.Add("docs", upstream.Port, RouteAccess.Open(OauthMode.DangerousNone));
        await tunnel.StartAsync();
        using var client = tunnel.Client();
        client.DefaultRequestHeaders.Add("Authorization", "Bearer abc");

        using var answer = await client.GetAsync("/mcp", Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await upstream.NextAsync()).Header("Authorization").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Authorization", "Bearer upstream-secret")]
    [InlineData("X-Api-Key", "upstream-secret")]
    public async Task A17_StaticCredential_TakesTheClientsPlace(string header, string value)
    {
        await using var fixture = await OauthFixture.StartAsync(
            credential: new StaticCredential(header, Secret(value))
        );

        using var answer = await fixture.SendAsync(
            fixture.Token(),
            change: r => r.Headers.TryAddWithoutValidation("X-Api-Key", "of the client")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seen = await fixture.Upstream.NextAsync();
        seen.Header(header).ShouldBe([value]);
        seen.Header("Authorization").Length.ShouldBe(header == "Authorization" ? 1 : 0);
    }

    [Fact]
    public async Task A17_StaticCredential_IsReadAtEachUseAndItsLossIsSaid()
    {
        var log = new LogLines();
        var secret = Secret("first-secret");
        await using var fixture = await OauthFixture.StartAsync(
            credential: new StaticCredential("X-Key", secret),
            loggers: log
        );
        using var first = await fixture.SendAsync(fixture.Token());
        Secret("second-secret");
        using var second = await fixture.SendAsync(fixture.Token());
        File.Delete(secret.FilePath!);
        using var third = await fixture.SendAsync(fixture.Token());

        (await fixture.Upstream.NextAsync()).Header("X-Key").ShouldBe(["first-secret"]);
        (await fixture.Upstream.NextAsync()).Header("X-Key").ShouldBe(["second-secret"]);
        third.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        third.Headers.GetValues("culvert-reason").ShouldBe(["agent.credential_unavailable"]);
        log.Text.ShouldNotContain("first-secret");
    }

    [Theory]
    [InlineData("401 Unauthorized", true, 502)]
    [InlineData("401 Unauthorized", false, 502)]
    [InlineData("403 Forbidden", true, 502)]
    [InlineData("403 Forbidden", false, 403)]
    public async Task A18_UpstreamsChallenge_IsOurProblem(string status, bool challenges, int expected)
    {
        var challenge = challenges ? "WWW-Authenticate: Bearer resource_metadata=\"https://internal\"\r\n" : "";
        await using var fixture = await OauthFixture.StartAsync(
            answer: $"HTTP/1.1 {status}\r\n{challenge}Content-Length: 8\r\n\r\ninternal"
        );

        using var answer = await fixture.SendAsync(fixture.Token());

        ((int)answer.StatusCode).ShouldBe(expected);
        if (expected == 502)
        {
            answer.Headers.WwwAuthenticate.ShouldBeEmpty();
            answer.Headers.GetValues("culvert-reason").ShouldBe(["upstream.credential_refused"]);
            (await answer.Content.ReadAsStringAsync(Token)).ShouldNotContain("internal\"");
        }
    }

    [Fact]
    public async Task A18_Passthrough_LeavesCredentialsAndChallengesAlone()
    {
        const string Challenge = "Bearer resource_metadata=\"https://docs.t1.example.test/prm\"";
        await using var upstream = RawUpstream.Answering(
            $"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {Challenge}\r\nContent-Length: 0\r\n\r\n"
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();
        client.DefaultRequestHeaders.Add("Authorization", "Bearer abc");

        using var metadata = await client.GetAsync("/.well-known/oauth-protected-resource", Token);

        metadata.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        metadata.Headers.WwwAuthenticate.ToString().ShouldBe(Challenge);
        var seen = await upstream.NextAsync();
        seen.Header("Authorization").ShouldBe(["Bearer abc"]);
        seen.RequestLine.ShouldContain("/.well-known/oauth-protected-resource");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private SecretReference Secret(string value)
    {
        var file = Path.Combine(folder, "secret");
        File.Delete(file);
        File.WriteAllBytes(file, Encoding.UTF8.GetBytes(value));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return SecretReference.ToFile(file);
    }
}
