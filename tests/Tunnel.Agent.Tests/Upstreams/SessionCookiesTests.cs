using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>Cookies of balancers: without them a session's next call meets another node.</summary>
public sealed class SessionCookiesTests
{
    private const string Affinity = "Set-Cookie: AWSALB=node7+/=; Expires=Wed, 21 Oct 2099 07:28:00 GMT; Path=/\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keep_SessionsCookie_GoesBackToTheServerAndNeverToTheClient(bool isRequired)
    {
        var mode = isRequired ? OauthMode.Required : OauthMode.DangerousNone;
        await using var fixture = await StartAsync(mode, "Mcp-Session-Id: s1\r\n" + Affinity);
        using var first = await fixture.SendAsync(Token(fixture, mode), json: "{}");
        await fixture.Upstream.NextAsync();
        var session = first.Headers.GetValues("Mcp-Session-Id").Single();

        using var second = await fixture.SendAsync(
            Token(fixture, mode),
            json: "{}",
            change: r =>
            {
                r.Headers.Add("Mcp-Session-Id", session);
                r.Headers.Add("Cookie", "AWSALB=of-the-client");
            }
        );

        (await fixture.Upstream.NextAsync()).Header("Cookie").ShouldBe(["AWSALB=node7+/="]);
        first.Headers.TryGetValues("Set-Cookie", out _).ShouldBeFalse();
        second.Headers.TryGetValues("Set-Cookie", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Keep_OtherSessionAndOtherPrincipal_DoNotGetIt()
    {
        await using var fixture = await StartAsync(OauthMode.Required, "Mcp-Session-Id: s1\r\n" + Affinity);
        using var first = await fixture.SendAsync(fixture.Token(), json: "{}");
        await fixture.Upstream.NextAsync();

        foreach (var (session, subject) in new[] { ("s2", "alice"), ("s1", "bob") })
        {
            using var other = await fixture.SendAsync(
                fixture.Token(c => c["sub"] = subject),
                json: "{}",
                change: r => r.Headers.Add("Mcp-Session-Id", fixture.SessionOf(session, subject))
            );

            (await fixture.Upstream.NextAsync()).Header("Cookie").ShouldBeEmpty();
        }
    }

    [Fact] // any caller could be behind the request
    public async Task Keep_AnonymousWithoutSession_HasNone()
    {
        await using var fixture = await StartAsync(OauthMode.DangerousNone, Affinity);
        for (var i = 0; i < 2; i++)
        {
            using var answer = await fixture.SendAsync(json: "{}");
            answer.Headers.TryGetValues("Set-Cookie", out _).ShouldBeFalse();
            (await fixture.Upstream.NextAsync()).Header("Cookie").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Keep_SessionEnds_ItsCookiesDoToo()
    {
        await using var fixture = await StartAsync(OauthMode.DangerousNone, "Mcp-Session-Id: s1\r\n" + Affinity);
        using var first = await fixture.SendAsync(json: "{}");
        using var end = await fixture.SendAsync(
            method: HttpMethod.Delete,
            change: r => r.Headers.Add("Mcp-Session-Id", "s1")
        );

        ((HttpUpstream)fixture.Tunnel.Routes[0].Upstream).Cookies.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("Pass", false, true)]
    [InlineData("Automatic", true, true)]
    [InlineData("Drop", true, false)]
    [InlineData("Drop", false, false)]
    [InlineData("Keep", true, false)]
    public async Task Handling_IsTheSameInBothDirections(string handling, bool isPassthrough, bool passes)
    {
        var mode = isPassthrough ? OauthMode.Passthrough : OauthMode.DangerousNone;
        await using var fixture = await StartAsync(mode, Affinity, Enum.Parse<CookieHandling>(handling));

        using var answer = await fixture.SendAsync(json: "{}", change: r => r.Headers.Add("Cookie", "a=b"));

        answer.Headers.Contains("Set-Cookie").ShouldBe(passes);
        (await fixture.Upstream.NextAsync()).Header("Cookie").ShouldBe(passes ? ["a=b"] : []);
    }

    [Fact]
    public void Jar_PathAndExpiry_AreThoseOfRfc6265()
    {
        var time = new FakeTimeProvider();
        var jar = new CookieJar(time);
        Store(jar, "/a/b", "folder=1", "deep=2; Path=/a/b/c", "short=3; Max-Age=10; Path=/", "bad", "=x");

        jar.Format("/a/x?q=1").ShouldBe("folder=1; short=3");
        jar.Format("/a/b/c").ShouldBe("deep=2; folder=1; short=3");
        jar.Format("/ab").ShouldBe("short=3");
        time.Advance(TimeSpan.FromSeconds(10));
        jar.Format("/ab").ShouldBe("");
        Store(jar, "/a/b", "folder=; Max-Age=0");
        jar.Format("/a/x").ShouldBe("");
    }

    [Fact]
    public void Jar_ManyCookies_AreBounded()
    {
        var jar = new CookieJar(new FakeTimeProvider());
        Store(jar, "/", [.. Enumerable.Range(0, 60).Select(i => $"c{i}=v")]);

        jar.Format("/").Split("; ").Length.ShouldBe(50);
        Store(jar, "/", [.. Enumerable.Range(0, 60).Select(i => $"d{i}={new string('x', 1000)}")]);
        jar.Format("/").Length.ShouldBeLessThan(9000);
    }

    private static void Store(CookieJar jar, string path, params string[] lines)
    {
        using var response = new HttpResponseMessage();
        foreach (var line in lines)
        {
            response.Headers.TryAddWithoutValidation("Set-Cookie", line);
        }

        jar.Store(response.Headers, path);
    }

    private static string? Token(OauthFixture fixture, OauthMode mode) =>
        mode == OauthMode.Required ? fixture.Token() : null;

    private static async Task<OauthFixture> StartAsync(
        OauthMode mode,
        string headers,
        CookieHandling handling = CookieHandling.Automatic
    )
    {
        var fixture = new OauthFixture(
            o => o with { Mode = mode },
            $"HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\n\r\nok"
        );
        fixture.Tunnel.Add("docs", fixture.Upstream.Port, fixture.Access(), u => u with { Cookies = handling });
        await fixture.Tunnel.StartAsync();
        return fixture;
    }
}
