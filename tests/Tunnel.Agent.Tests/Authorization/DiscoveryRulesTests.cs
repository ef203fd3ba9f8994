using System.Net;
using System.Text.Json;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>Rules A1–A6: how a client finds out where to sign in, and what it gets before it has.</summary>
public sealed class DiscoveryRulesTests
{
    private const string WellKnown = "/.well-known/oauth-protected-resource";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WellKnown, 1)]
    [InlineData(WellKnown, 2)]
    [InlineData(WellKnown + "/mcp", 1)]
    [InlineData(WellKnown + "/mcp", 2)]
    public async Task A1_BothForms_GiveTheDocumentWithoutAToken(string path, int httpVersion)
    {
        await using var fixture = await OauthFixture.StartAsync();

        using var answer = await fixture.SendAsync(path: path, httpVersion: httpVersion);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
        document.RootElement.GetProperty("resource").GetString().ShouldBe(OauthFixture.Resource);
        document
            .RootElement.GetProperty("authorization_servers")
            .EnumerateArray()
            .Select(s => s.GetString())
            .ShouldBe([fixture.Issuer.Url]);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData(443, "/mcp", "https://docs.t1.example.test/mcp")]
    [InlineData(8443, "/mcp", "https://docs.t1.example.test:8443/mcp")]
    [InlineData(443, "/", "https://docs.t1.example.test")]
    [InlineData(443, "/a/b", "https://docs.t1.example.test/a/b")]
    [InlineData(443, "/mcp/", "https://docs.t1.example.test/mcp/")]
    public void A1_Resource_IsWhatClientsWrite(int port, string path, string expected)
    {
        var oauth = new OauthSettings { Mode = OauthMode.Required, Path = path };

        new ProtectedResource(oauth, ["https://as"], "Docs.T1.example.test", port).Resource.ShouldBe(expected);
    }

    [Fact] // servers that are mounted under a path serve it with a slash at its end
    public async Task A1_PathEndsInASlash_IsTheEndpointAndInItsMetadata()
    {
        await using var fixture = await OauthFixture.StartAsync(o => o with { Path = "/mcp/" });

        using var document = await fixture.SendAsync(path: WellKnown + "/mcp/");
        using var called = await fixture.SendAsync(fixture.Token(resource: OauthFixture.Resource + "/"), path: "/mcp/");

        (await document.Content.ReadAsStringAsync(Token)).ShouldContain($"\"{OauthFixture.Resource}/\"");
        called.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Upstream.NextAsync()).RequestLine.ShouldEndWith(" /mcp/ HTTP/1.1");
    }

    [Fact]
    public async Task A1_TwoHostnames_HaveTwoDocuments()
    {
        await using var fixture = await OauthFixture.StartAsync(routes: ["docs", "files"]);

        var docs = await ResourceAsync(fixture, "docs.t1.example.test");
        var files = await ResourceAsync(fixture, "files.t1.example.test");

        docs.ShouldBe("https://docs.t1.example.test/mcp");
        files.ShouldBe("https://files.t1.example.test/mcp");
    }

    [Fact]
    public async Task A2_WhatTheRequestSays_ChangesNothing()
    {
        await using var fixture = await OauthFixture.StartAsync();

        using var answer = await fixture.SendAsync(
            path: WellKnown,
            change: request =>
            {
                request.Headers.Host = "DOCS.t1.example.test:1234";
                request.Headers.Add("X-Forwarded-Host", "evil.example");
                request.Headers.Add("X-Forwarded-Proto", "http");
                request.Headers.Add("X-Forwarded-Port", "1");
                request.Headers.Add("Forwarded", "host=evil.example;proto=http");
            }
        );

        var text = await answer.Content.ReadAsStringAsync(Token);
        text.ShouldContain($"\"{OauthFixture.Resource}\"");
        text.ShouldNotContain("evil.example");
        text.ShouldNotContain("example.test:1234");
    }

    [Fact]
    public async Task A2_AnotherNamesHost_IsMisdirected()
    {
        await using var fixture = await OauthFixture.StartAsync(routes: ["docs", "files"]);
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync($"GET {WellKnown} HTTP/1.1\r\nHost: files.t1.example.test\r\n\r\n");

        head.ShouldStartWith("HTTP/1.1 421 ");
    }

    [Fact]
    public async Task A3_NoToken_IsChallengedWithoutAnError()
    {
        await using var fixture = await OauthFixture.StartAsync(o => o with { RequiredScopes = ["docs.read"] });

        using var answer = await fixture.SendAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var challenge = answer.Headers.WwwAuthenticate.First();
        challenge.Scheme.ShouldBe("Bearer");
        challenge.Parameter.ShouldBe(
            "scope=\"docs.read\", "
                + "resource_metadata=\"https://docs.t1.example.test/.well-known/oauth-protected-resource/mcp\""
        );
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("malformed")]
    [InlineData("signature")]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("no audience")]
    [InlineData("no subject")]
    [InlineData("no expiry")]
    [InlineData("key")]
    public async Task A3_BadToken_IsChallengedAndTheUpstreamSeesNothing(string fault)
    {
        await using var fixture = await OauthFixture.StartAsync();
        var token = fault switch
        {
            "expired" => fixture.Token(c => c["exp"] = 1),
            "malformed" => "abc",
            "signature" => Forged.Signature(fixture.Token()),
            "issuer" => fixture.Token(c => c["iss"] = "https://other.example.test"),
            "audience" => fixture.Token(resource: "https://other.example.test/mcp"),
            "no audience" => fixture.Token(c => c.Remove("aud")),
            "no subject" => fixture.Token(c => c.Remove("sub")),
            "no expiry" => fixture.Token(c => c.Remove("exp")),
            _ => fixture.Token(header: h => h["kid"] = "other"),
        };

        using var answer = await fixture.SendAsync(token);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.First().Scheme.ShouldBe("Bearer");
        answer.Headers.WwwAuthenticate.First().Parameter!.ShouldContain("error=\"invalid_token\"");
        answer.Headers.WwwAuthenticate.First().Parameter!.ShouldContain("resource_metadata=\"https://");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("POST", "/mcp")]
    [InlineData("GET", "/mcp")]
    [InlineData("DELETE", "/mcp")]
    [InlineData("OPTIONS", "/mcp")]
    [InlineData("HEAD", "/mcp")]
    [InlineData("PUT", "/mcp")]
    [InlineData("PATCH", "/mcp")]
    [InlineData("QUERY", "/mcp")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/mcp/")]
    [InlineData("GET", "//mcp")]
    [InlineData("GET", "/MCP")]
    [InlineData("GET", "/%6dcp")]
    [InlineData("GET", "/mcp%2f")]
    [InlineData("GET", "/x/../mcp")]
    [InlineData("GET", "/./mcp")]
    [InlineData("GET", "/%2e%2e/mcp")]
    [InlineData("GET", "/other")]
    [InlineData("POST", WellKnown)]
    [InlineData("DELETE", WellKnown + "/mcp")]
    [InlineData("GET", WellKnown + "//")]
    [InlineData("GET", WellKnown + "/../../mcp")]
    [InlineData("GET", WellKnown + "/./mcp")]
    [InlineData("GET", WellKnown + "-of-another")]
    [InlineData("POST", WellKnown + "/other")]
    [InlineData("GET", WellKnown + "/mcp/../../../mcp")]
    [InlineData("GET", WellKnown + "%2fmcp")]
    [InlineData("GET", WellKnown + "?x=1")]
    [InlineData("GET", "/.WELL-KNOWN/oauth-protected-resource")]
    [InlineData("GET", "//.well-known/oauth-protected-resource")]
    [InlineData("GET", "/mcp/.well-known/oauth-protected-resource")]
    [InlineData("GET", "/.well-known/oauth-authorization-server/%2e%2e/mcp")]
    [InlineData("GET", "/.well-known/openid-configuration/../mcp")]
    public async Task A4_EveryMethodAndSpelling_IsGated(string method, string path)
    {
        await using var fixture = await OauthFixture.StartAsync();

        foreach (var version in new[] { 1, 2 })
        {
            using var answer = await fixture.SendAsync(
                method: new HttpMethod(method),
                path: path,
                httpVersion: version
            );
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"HTTP/{version}");
            answer.Headers.WwwAuthenticate.ShouldNotBeEmpty();
        }

        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory] // clients try the next place after a 404 alone
    [InlineData(WellKnown + "/")]
    [InlineData(WellKnown + "/mcp/")]
    [InlineData(WellKnown + "/other")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/oauth-authorization-server/mcp")]
    [InlineData("/.well-known/openid-configuration")]
    public async Task A4_PlaceWithoutMetadata_Is404WithoutAToken(string path)
    {
        await using var fixture = await OauthFixture.StartAsync();

        using var answer = await fixture.SendAsync(path: path);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.metadata_unknown"]);
        answer.Headers.WwwAuthenticate.ShouldBeEmpty();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("GET https://docs.t1.example.test/mcp HTTP/1.1")]
    [InlineData("GET https://docs.t1.example.test//mcp HTTP/1.1")]
    [InlineData("GET /mcp;x=1 HTTP/1.1")]
    public async Task A4_TargetsThatClientsRarelyWrite_AreGated(string requestLine)
    {
        await using var fixture = await OauthFixture.StartAsync();
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync($"{requestLine}\r\nHost: docs.t1.example.test\r\n\r\n");

        head.ShouldStartWith("HTTP/1.1 401 ");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A5_Scopes_AreAbsentOrNotEmpty()
    {
        await using var bare = await OauthFixture.StartAsync();
        await using var scoped = await OauthFixture.StartAsync(o =>
            o with
            {
                RequiredScopes = ["docs.read"],
                OperationScopes = [new OperationScopes("tools/delete_*", ["docs.write"])],
            }
        );

        (await TextAsync(bare)).ShouldNotContain("scopes_supported");
        (await TextAsync(scoped)).ShouldContain("\"scopes_supported\":[\"docs.read\",\"docs.write\"]");
    }

    [Theory]
    [InlineData("/mcp?access_token={0}")]
    [InlineData("/mcp?x=1&access%5Ftoken={0}")]
    [InlineData("/mcp?ACCESS_TOKEN={0}")]
    [InlineData("/.well-known/oauth-protected-resource?access_token={0}")]
    public async Task A6_TokenInTheQuery_IsABadRequestAndNotLogged(string path)
    {
        var log = new LogLines();
        await using var fixture = await OauthFixture.StartAsync(loggers: log);
        var token = fixture.Token();

        using var answer = await fixture.SendAsync(token, path: string.Format(null, path, token));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        log.Text.ShouldContain("agent.token_in_query");
        log.Text.ShouldNotContain(token);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A6_TwoAuthorizationHeaders_AreABadRequest()
    {
        await using var fixture = await OauthFixture.StartAsync();
        await using var client = new RawClient(await fixture.Tunnel.ConnectAsync());
        var token = fixture.Token();

        var (head, _) = await client.CallAsync(
            "GET /mcp HTTP/1.1\r\nHost: docs.t1.example.test\r\n"
                + $"Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );

        head.ShouldStartWith("HTTP/1.1 400 ");
        fixture.Upstream.Connections.ShouldBe(0);
    }

    private static async Task<string> TextAsync(OauthFixture fixture)
    {
        using var answer = await fixture.SendAsync(path: WellKnown);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    private static async Task<string?> ResourceAsync(OauthFixture fixture, string host)
    {
        using var answer = await fixture.SendAsync(path: WellKnown, host: host);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
        return document.RootElement.GetProperty("resource").GetString();
    }
}
