using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>
/// Rules A19 and A20 as they apply to an agent that never takes a refresh token: it requests a new token like the first
/// one, and a token that it cannot renew is not replaced by anything else.
/// </summary>
public sealed class RefreshRulesTests : IDisposable
{
    private const string Audience = "https://upstream.example.test/mcp";

    private readonly FakeTimeProvider time = new();
    private readonly ScriptedServer server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => server.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A19_Renewal_RepeatsTheResource(bool exchange)
    {
        var credential = Credential(exchange);
        await credential.GetAsync(Caller("alice"), Token);
        time.Advance(TimeSpan.FromMinutes(5));
        await credential.GetAsync(Caller("alice"), Token);

        var asked = server.Forms.Where(f => f.ContainsKey("resource")).ToList();
        asked.Count.ShouldBe(2);
        asked.ShouldAllBe(f => f["resource"] == Audience);
        server.Forms.ShouldAllBe(f => f["grant_type"] != "refresh_token");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A20_FailedRenewal_NeverFallsBackToTheTokenThatEnded(bool exchange)
    {
        var credential = Credential(exchange);
        (await credential.GetAsync(Caller("alice"), Token)).Value.ShouldStartWith("Bearer ");

        server.Refusal = "no";
        time.Advance(TimeSpan.FromMinutes(5));
        var late = await credential.GetAsync(Caller("alice"), Token);

        late.Value.ShouldBeEmpty();
        late.Problem.ShouldBe("no");
    }

    [Fact]
    public async Task A20_FailedRenewal_NeverFallsBackToAnothersToken()
    {
        var credential = Credential(exchange: true);
        var alice = await credential.GetAsync(Caller("alice"), Token);
        server.Refusal = "no";

        var bob = await credential.GetAsync(Caller("bob"), Token);

        bob.Value.ShouldBeEmpty();
        (await credential.GetAsync(Caller("alice"), Token)).ShouldBe(alice);
    }

    private UpstreamCredential Credential(bool exchange)
    {
        var settings = ScriptedServer.Settings(Audience);
        var endpoint = new TokenEndpoint(settings, time, transport: server);
        return exchange
            ? new TokenExchangeCredential(settings, endpoint, time)
            : new ClientCredentialsCredential(settings, endpoint, time);
    }

    private static Exchange Caller(string name) =>
        new(new BodyReader(new BodyBudget(), TimeProvider.System))
        {
            ClientToken = $"token of {name}",
            Principal = new Principal
            {
                Issuer = "https://as.example.test",
                Subject = name,
                ClientId = "c",
                Scopes = new HashSet<string>(),
                Groups = [],
                EndsAt = DateTimeOffset.MaxValue,
                KeyThumbprint = null,
            },
        };
}
