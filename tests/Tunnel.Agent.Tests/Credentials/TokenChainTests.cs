using System.Net;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>Exchanges that follow the first token: what each server gets, and what reaches the upstream.</summary>
public sealed class TokenChainTests : IDisposable
{
    private const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

    private readonly ScriptedServer first = new() { Answer = Issue("first") };
    private readonly ScriptedServer second = new() { Answer = Issue("second") };
    private readonly ScriptedServer third = new() { Answer = Issue("third") };

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
        third.Dispose();
    }

    [Fact]
    public async Task Exchange_TwoMoreFollow_EachGetsTheTokenBeforeAndTheCallersGoesOnlyIntoTheFirst()
    {
        await using var fixture = await StartAsync();
        var caller = fixture.Token();

        using var answer = await fixture.SendAsync(caller, json: Call);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seen = await fixture.Upstream.NextAsync();
        seen.Header("Authorization").ShouldBe(["Bearer third"]);
        first.Forms.ShouldHaveSingleItem()["subject_token"].ShouldBe(caller);
        second.Forms.ShouldHaveSingleItem()["subject_token"].ShouldBe("first");
        third.Forms.ShouldHaveSingleItem()["subject_token"].ShouldBe("second");
        (second.Forms[0]["audience"], third.Forms[0]["audience"]).ShouldBe(("b", "c"));
        foreach (var part in caller.Split('.'))
        {
            string.Join('\n', second.Forms.Concat(third.Forms).SelectMany(form => form.Values)).ShouldNotContain(part);
            (seen.Head + seen.BodyText).ShouldNotContain(part);
        }
    }

    [Fact]
    public async Task Exchange_SameCallerAgain_UsesTheWholeChainsToken()
    {
        await using var fixture = await StartAsync();
        var caller = fixture.Token();

        using var one = await fixture.SendAsync(caller, json: Call);
        using var two = await fixture.SendAsync(caller, json: Call);

        (first.Forms.Count, second.Forms.Count, third.Forms.Count).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task ClientCredentials_TwoMoreFollow_TheLastTokenReachesTheUpstream()
    {
        await using var fixture = await StartAsync(CredentialType.ClientCredentials);

        using var answer = await fixture.SendAsync(fixture.Token(), json: Call);

        (await fixture.Upstream.NextAsync()).Header("Authorization").ShouldBe(["Bearer third"]);
        first.Forms.ShouldHaveSingleItem()["grant_type"].ShouldBe("client_credentials");
        second.Forms.ShouldHaveSingleItem()["subject_token"].ShouldBe("first");
    }

    [Fact]
    public async Task Exchange_SecondServerRefuses_Is502AndItsPlaceIsInTheLog()
    {
        second.Refusal = "b.example.test answered with status 400.";
        var log = new LogLines();
        await using var fixture = await StartAsync(log: log);

        using var answer = await fixture.SendAsync(fixture.Token(), json: Call);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.credential_unavailable"]);
        log.Text.ShouldContain("Exchange 1 of token.then failed: b.example.test answered with status 400.");
        third.Forms.ShouldBeEmpty();
        fixture.Upstream.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Exchange_ServerGivesTheCallersTokenBack_IsNeverSentFurther(int place)
    {
        await using var fixture = await StartAsync();
        var caller = fixture.Token(claims =>
            claims["aud"] = new System.Text.Json.Nodes.JsonArray(OauthFixture.Resource, "a", "b", "c")
        );
        ScriptedServer[] servers = [first, second, third];
        servers[place - 1].Answer = _ => $$"""{"access_token":"{{caller}}","token_type":"Bearer","expires_in":300}""";

        using var answer = await fixture.SendAsync(caller, json: Call);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        servers.Skip(place).ShouldAllBe(server => server.Forms.Count == 0);
        fixture.Upstream.Connections.ShouldBe(0);
    }

    private static Func<int, string> Issue(string token) =>
        _ => $$"""{"access_token":"{{token}}","token_type":"Bearer","expires_in":300}""";

    private Task<OauthFixture> StartAsync(CredentialType type = CredentialType.TokenExchange, LogLines? log = null)
    {
        var settings = ScriptedServer.Settings("a");
        var chain = new TokenChain([Link("b", second), Link("c", third)]);
        var endpoint = new TokenEndpoint(settings, TimeProvider.System, transport: first);
        return OauthFixture.StartAsync(
            credential: type == CredentialType.TokenExchange
                ? new TokenExchangeCredential(settings, endpoint, TimeProvider.System, chain)
                : new ClientCredentialsCredential(settings, endpoint, TimeProvider.System, chain),
            loggers: log
        );
    }

    private static (TokenSettings, TokenEndpoint) Link(string audience, ScriptedServer server)
    {
        var settings = ScriptedServer.Settings(audience);
        return (settings, new TokenEndpoint(settings, TimeProvider.System, transport: server));
    }
}
