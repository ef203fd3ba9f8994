using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;
using Duende.IdentityModel.Client;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>Rules A16 and A17 against a real authorization server.</summary>
public sealed class UpstreamTokenTests
{
    private const string Audience = "https://upstream.example.test/mcp";
    private const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A17_ClientCredentials_EachWayOfProof_GivesATokenForTheUpstream()
    {
        using var server = await AuthorizationServer.StartAsync(Token);
        foreach (var auth in Enum.GetValues<ClientAuth>().Where(auth => auth != ClientAuth.Federated))
        {
            var settings = server.Settings(auth);
            var credential = new ClientCredentialsCredential(
                settings,
                new TokenEndpoint(settings, TimeProvider.System),
                TimeProvider.System
            );
            var log = new LogLines();
            await using var fixture = await OauthFixture.StartAsync(credential: credential, loggers: log);
            var token = fixture.Token(c => c["canary"] = "canary-in-the-claims");

            using var first = await fixture.SendAsync(token, json: Call);
            using var second = await fixture.SendAsync(token, json: Call);

            first.StatusCode.ShouldBe(HttpStatusCode.OK, $"{auth}: {log.Text}");
            var seen = await fixture.Upstream.NextAsync();
            var sent = seen.Header("Authorization").ShouldHaveSingleItem();
            var claims = ClaimsOf(sent);
            claims.GetProperty("aud").GetString().ShouldBe(Audience);
            claims.GetProperty("client_id").GetString().ShouldBe(settings.ClientId);
            (await fixture.Upstream.NextAsync()).Header("Authorization").ShouldBe([sent]);
            foreach (var part in token.Split('.'))
            {
                (seen.Head + seen.BodyText + log.Text).ShouldNotContain(part);
            }

            log.Text.ShouldNotContain(AuthorizationServer.Secret);
            log.Text.ShouldNotContain(sent["Bearer ".Length..]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A17_TokenExchange_IsForTheCallerAndTheUpstream(bool act)
    {
        using var server = await AuthorizationServer.StartAsync(Token);
        var settings = server.Settings(ClientAuth.PrivateKeyJwt) with { Act = act };
        var log = new LogLines();
        await using var fixture = await OauthFixture.StartAsync(
            credential: new TokenExchangeCredential(
                settings,
                new TokenEndpoint(settings, TimeProvider.System),
                TimeProvider.System
            ),
            loggers: log
        );
        foreach (var subject in new[] { "alice", "bob" })
        {
            var token = fixture.Token(c => c["sub"] = subject);

            using var answer = await fixture.SendAsync(token, json: Call);

            answer.StatusCode.ShouldBe(HttpStatusCode.OK, log.Text);
            var seen = await fixture.Upstream.NextAsync();
            var claims = ClaimsOf(seen.Header("Authorization").ShouldHaveSingleItem());
            claims.GetProperty("aud").GetString().ShouldBe(Audience);
            claims.GetProperty("sub").GetString().ShouldBe(subject);
            claims.TryGetProperty("act", out var actor).ShouldBe(act);
            if (act)
            {
                actor.GetProperty("sub").GetString().ShouldBe("agent-jwt");
            }

            (seen.Head + seen.BodyText + log.Text).ShouldNotContain(token.Split('.')[2]);
        }
    }

    [Fact]
    public async Task A17_CertificateOfSomebodyElse_GetsNoToken()
    {
        using var server = await AuthorizationServer.StartAsync(Token);
        var endpoint = new TokenEndpoint(server.Settings(ClientAuth.Tls, certificate: "other"), TimeProvider.System);

        using var request = new ClientCredentialsTokenRequest();
        var token = await endpoint.RequestAsync(request, Token);

        token.Value.ShouldBeEmpty();
        token.Problem.ShouldContain(" 401");
    }

    [Fact]
    public async Task A17_ServerThatGivesNoToken_Is502AndTheUpstreamSeesNothing()
    {
        using var server = await AuthorizationServer.StartAsync(Token);
        var settings = server.Settings(ClientAuth.PrivateKeyJwt, "https://elsewhere.example.test");
        await using var fixture = await OauthFixture.StartAsync(
            credential: new ClientCredentialsCredential(
                settings,
                new TokenEndpoint(settings, TimeProvider.System),
                TimeProvider.System
            )
        );

        using var answer = await fixture.SendAsync(fixture.Token(), json: Call);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.credential_unavailable"]);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task A18_RefusedToken_IsAskedForAnew()
    {
        var server = new ScriptedServer();
        var settings = ScriptedServer.Settings("upstream");
        await using var fixture = await OauthFixture.StartAsync(
            answer: "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            credential: new ClientCredentialsCredential(
                settings,
                new TokenEndpoint(settings, TimeProvider.System, transport: server),
                TimeProvider.System
            )
        );

        using var first = await fixture.SendAsync(fixture.Token(), json: Call);
        using var second = await fixture.SendAsync(fixture.Token(), json: Call);

        first.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        first.Headers.GetValues("culvert-reason").ShouldBe(["upstream.credential_refused"]);
        (await fixture.Upstream.NextAsync()).Header("Authorization").ShouldBe(["Bearer t1"]);
        (await fixture.Upstream.NextAsync()).Header("Authorization").ShouldBe(["Bearer t2"]);
        server.Forms[0].ShouldContain(new KeyValuePair<string, string>("audience", "upstream"));
    }

    [Theory]
    [InlineData("""{"aud":"https://upstream.example.test/mcp"}""", true)]
    [InlineData("""{"aud":["x","https://upstream.example.test/mcp"]}""", true)]
    [InlineData("""{"aud":"https://other.example.test"}""", false)]
    [InlineData("""{"aud":[]}""", false)]
    [InlineData("""{"sub":"x"}""", true)]
    public void A17_TokenForAnotherAudience_IsNotUsed(string claims, bool good) =>
        TokenAudience
            .IsFor($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln", Audience)
            .ShouldBe(good);

    private static JsonElement ClaimsOf(string header)
    {
        header.ShouldStartWith("Bearer ");
        return JsonDocument.Parse(Base64Url.DecodeFromChars(header.Split('.')[1])).RootElement;
    }
}
