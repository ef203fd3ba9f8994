using System.Net;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Pipeline;

/// <summary>Rules A4 and P5 for pages: what a browser may ask before it has a token, and what it may read.</summary>
public sealed class CrossOriginTests
{
    private const string Page = "https://app.example.test";
    private const string AnswerOfAServer =
        "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\n"
        + "Vary: Accept\r\nMcp-Session-Id: s1\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, "required")]
    [InlineData(2, "required")]
    [InlineData(1, "open")]
    [InlineData(1, "passthrough")]
    public async Task A4_Preflight_IsAnsweredHereAndTheUpstreamSeesNothing(int httpVersion, string mode)
    {
        await using var fixture = await StartAsync(mode);

        using var answer = await fixture.SendAsync(
            method: HttpMethod.Options,
            httpVersion: httpVersion,
            change: r => Preflight(r)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(Page);
        Header(answer, "Access-Control-Allow-Methods").ShouldBe("GET, POST, DELETE");
        Header(answer, "Access-Control-Allow-Headers").ShouldBe("authorization,mcp-param-x");
        Header(answer, "Access-Control-Max-Age").ShouldBe("600");
        Header(answer, "Vary").ShouldBe("Origin, Access-Control-Request-Headers");
        answer.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://APP.example.test")]
    [InlineData("https://app.example.test:8443")]
    [InlineData("http://app.example.test")]
    [InlineData("https://app.example.test/")]
    [InlineData("https://app.example.test.evil.example")]
    [InlineData("null")]
    [InlineData("*")]
    public async Task P5_PreflightOfAnotherOrigin_IsRefused(string origin)
    {
        await using var fixture = await StartAsync("required");

        using var answer = await fixture.SendAsync(method: HttpMethod.Options, change: r => Preflight(r, origin));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        Header(answer, "culvert-reason").ShouldBe("agent.origin_refused");
        answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("no origin")]
    [InlineData("no method")]
    [InlineData("two methods")]
    [InlineData("no token for a method")]
    [InlineData("POST")]
    public async Task A4_WhatIsNoPreflight_NeedsAToken(string kind)
    {
        await using var fixture = await StartAsync("required");

        using var answer = await fixture.SendAsync(
            method: kind == "POST" ? HttpMethod.Post : HttpMethod.Options,
            change: r =>
            {
                Preflight(r, kind == "no origin" ? null : Page);
                switch (kind)
                {
                    case "no method":
                        r.Headers.Remove("Access-Control-Request-Method");
                        break;
                    case "two methods":
                        r.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "GET");
                        break;
                    case "no token for a method":
                        r.Headers.Remove("Access-Control-Request-Method");
                        r.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "PO ST");
                        break;
                }
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A6_PreflightWithATokenInItsQuery_IsABadRequest()
    {
        await using var fixture = await StartAsync("required");

        using var answer = await fixture.SendAsync(
            method: HttpMethod.Options,
            path: "/mcp?access_token=x",
            change: r => Preflight(r)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("x y")]
    [InlineData("x,,y")]
    [InlineData("")]
    public async Task Preflight_HeadersThatAreNoNames_AreNotAllowed(string asked)
    {
        await using var fixture = await StartAsync("required");

        using var answer = await fixture.SendAsync(
            method: HttpMethod.Options,
            change: r => Preflight(r, headers: asked)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        answer.Headers.Contains("Access-Control-Allow-Headers").ShouldBeFalse();
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public async Task Preflight_ListOfHeaders_IsBounded(int length, bool allowed)
    {
        await using var fixture = await StartAsync("required");

        using var answer = await fixture.SendAsync(
            method: HttpMethod.Options,
            change: r => Preflight(r, headers: new string('x', length))
        );

        answer.Headers.Contains("Access-Control-Allow-Headers").ShouldBe(allowed);
    }

    [Fact]
    public async Task Challenge_CanBeReadByThePage()
    {
        await using var fixture = await StartAsync("required");

        using var answer = await fixture.SendAsync(change: r => r.Headers.Add("Origin", Page));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(Page);
        Header(answer, "Access-Control-Expose-Headers").ShouldBe("*");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Answer_SaysOfOriginsWhatTheRouteSays()
    {
        await using var fixture = await StartAsync("required");

        using var answer = await fixture.SendAsync(fixture.Token(), change: r => r.Headers.Add("Origin", Page));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(Page);
        Header(answer, "Vary").ShouldBe("Accept, Origin");
        Header(answer, "Mcp-Session-Id").ShouldStartWith("s1.");
        answer.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        (await fixture.Upstream.NextAsync()).Header("Origin").ShouldBeEmpty();
        (await answer.Content.ReadAsStringAsync(Token)).ShouldBe("ok");
    }

    [Fact]
    public async Task Answer_WithoutAnOrigin_IsLeftAlone()
    {
        await using var fixture = await StartAsync("required");

        using var answer = await fixture.SendAsync(fixture.Token());

        Header(answer, "Access-Control-Allow-Origin").ShouldBe("*");
        Header(answer, "Vary").ShouldBe("Accept");
    }

    private static void Preflight(
        HttpRequestMessage request,
        string? origin = Page,
        string headers = "authorization,mcp-param-x"
    )
    {
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", headers);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        string.Join(", ", answer.Headers.GetValues(name));

    private static async Task<OauthFixture> StartAsync(string mode)
    {
        var fixture = new OauthFixture(answer: AnswerOfAServer);
        var access = mode switch
        {
            "required" => fixture.Access(),
            "open" => RouteAccess.Open(OauthMode.DangerousNone),
            _ => RouteAccess.Open(OauthMode.Passthrough),
        };
        fixture.Tunnel.Add("docs", fixture.Upstream.Port, access, origins: [Page]);
        await fixture.Tunnel.StartAsync();
        return fixture;
    }
}
