using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Credentials.Clouds;
using Culvert.Tunnel.Agent.Tests.Support;
using Duende.IdentityModel.Client;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>
/// A federated client at an authorization server that refuses its assertion or misbehaves, over real TLS: the exact problem of each, which
/// never has the assertion.
/// </summary>
public sealed class FederatedFailureTests : IAsyncLifetime
{
    private const string Audience = "api://AzureADTokenExchange";
    private const string Refusal = """{"error":"invalid_client","error_description":"client authentication failed"}""";

    private readonly FakeTimeProvider time = new();
    private readonly TunnelPki pki = new();
    private readonly TaskCompletionSource asked = new();
    private readonly List<string> assertions = [];
    private TestServer server = null!;

    // The clock of the authorization server, relative to the agent's.
    private TimeSpan skew;
    private string fault = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        server = await TestServer.StartAsync(AnswerAsync, pki.Server("127.0.0.1").Certificate);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("large", "127.0.0.1 sent more than 262144 bytes.")]
    [InlineData("redirect", "127.0.0.1 answered with a redirect (302), which is not followed.")]
    [InlineData("html", "127.0.0.1 answered with something else than a JSON document.")]
    [InlineData("401", "127.0.0.1 answered with status 401.")]
    [InlineData("echo", "127.0.0.1 answered with status 400.")]
    public async Task Request_ServerThatMisbehaves_IsRefusedByItsFault(string fault, string problem)
    {
        this.fault = fault;

        var token = await RequestAsync();

        token.ShouldBe(IssuedToken.Failed(problem, time.GetUtcNow() + TimeSpan.FromSeconds(1)));
        assertions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Request_ServerThatDoesNotAnswer_IsRefusedAfterFiveSeconds()
    {
        fault = "slow";
        var pending = RequestAsync();
        await asked.Task.WaitAsync(Token);

        time.Advance(TimeSpan.FromSeconds(5));

        (await pending).Problem.ShouldBe("127.0.0.1 did not finish its response within 5 s.");
    }

    // The assertion lives for five minutes.
    [Theory]
    [InlineData(-301, false)]
    [InlineData(-299, true)]
    [InlineData(299, true)]
    [InlineData(301, false)]
    public async Task Request_ClocksDiffer_IsRefusedOnceTheAssertionIsNotValidForTheServer(int seconds, bool isGiven)
    {
        skew = TimeSpan.FromSeconds(seconds);

        var token = await RequestAsync();

        token.Problem.ShouldBe(isGiven ? "" : "127.0.0.1 answered with status 401.");
    }

    [Fact]
    public async Task Request_OtherAudience_IsRefused() =>
        (await RequestAsync("api://other")).Problem.ShouldBe("127.0.0.1 answered with status 401.");

    [Fact]
    public async Task Call_RefusedAssertion_Is502AndNothingTellsTheAssertionOrTheToken()
    {
        fault = "echo";
        var log = new LogLines();
        var source = new SignedAssertions(time);
        var settings = Settings(Audience);
        await using var fixture = await OauthFixture.StartAsync(
            credential: new TokenExchangeCredential(
                settings with
                {
                    Act = false,
                },
                new TokenEndpoint(settings, time, assertions: source),
                time
            ),
            loggers: log
        );
        var token = fixture.Token();

        using var answer = await fixture.SendAsync(token, json: """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.credential_unavailable"]);
        fixture.Upstream.Connections.ShouldBe(0);
        log.Text.ShouldContain("127.0.0.1 answered with status 400.");
        var told = log.Text + answer.Headers + await answer.Content.ReadAsStringAsync(Token);
        told.ShouldNotContain(token.Split('.')[2]);
        told.ShouldNotContain(assertions.ShouldHaveSingleItem().Split('.')[2]);
    }

    private async Task<IssuedToken> RequestAsync(string audience = Audience)
    {
        using var request = new ClientCredentialsTokenRequest();
        return await new TokenEndpoint(Settings(audience), time, assertions: new SignedAssertions(time)).RequestAsync(
            request,
            Token
        );
    }

    private TokenSettings Settings(string audience) =>
        new()
        {
            Url = $"https://127.0.0.1:{server.Port}/token",
            ClientId = "agent",
            ClientAuth = ClientAuth.Federated,
            AssertionAudience = audience,
            Audience = "upstream",
            Roots = [pki.Ca],
            AllowedRanges = Support.Tunnel.Ranges("127.0.0.1/32"),
        };

    private async Task AnswerAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var assertion = form["client_assertion"].ToString();
        assertions.Add(assertion);
        asked.TrySetResult();
        if (fault == "slow")
        {
            await Never.RespondAsync(context.RequestAborted);
        }

        var isRefused = fault is "401" or "echo" || !IsValid(assertion);
        context.Response.StatusCode =
            fault == "redirect" ? 302
            : fault == "echo" ? 400
            : isRefused ? 401
            : 200;
        context.Response.Headers.Location = "https://127.0.0.1/elsewhere";
        context.Response.ContentType = fault == "html" ? "text/html" : "application/json";
        await context.Response.WriteAsync(
            fault switch
            {
                "large" => new string(' ', 10 * 1024 * 1024),
                "html" => "<html><body>Sign in</body></html>",
                "echo" => JsonSerializer.Serialize(
                    new { error = "invalid_request", error_description = $"{assertion} {form["subject_token"]}" }
                ),
                _ => isRefused ? Refusal : """{"access_token":"t","token_type":"Bearer","expires_in":300}""",
            },
            context.RequestAborted
        );
    }

    private bool IsValid(string assertion)
    {
        using var claims = JsonDocument.Parse(
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(assertion.Split('.')[1]))
        );
        var now = (time.GetUtcNow() + skew).ToUnixTimeSeconds();
        var issued = claims.RootElement.GetProperty("iat").GetInt64();
        return claims.RootElement.GetProperty("aud").GetString() == Audience
            && Math.Abs(now - issued) < TimeSpan.FromMinutes(5).TotalSeconds;
    }
}
