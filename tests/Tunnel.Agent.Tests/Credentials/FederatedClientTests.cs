using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;
using Duende.IdentityModel.Client;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>A client that has no key and no secret: another party signs its assertions (RFC 7523).</summary>
public sealed class FederatedClientTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly ScriptedServer server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TokenSettings Settings =>
        new()
        {
            Url = "https://as.example.test/token",
            ClientId = "agent",
            ClientAuth = ClientAuth.Federated,
            AssertionAudience = "api://AzureADTokenExchange",
            Audience = "upstream",
        };

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task Request_Federated_SendsTheAssertionAndNoSecret()
    {
        var assertions = new ScriptedAssertions(_ => new IssuedToken("header.payload.signature", time.GetUtcNow(), ""));

        var token = await RequestAsync(assertions);

        token.Value.ShouldBe("t1");
        assertions.Audiences.ShouldBe(["api://AzureADTokenExchange"]);
        server.Authorizations.ShouldBe([null]);
        server
            .Forms.ShouldHaveSingleItem()
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["grant_type"] = "client_credentials",
                    ["client_id"] = "agent",
                    ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ["client_assertion"] = "header.payload.signature",
                },
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Request_NoAssertion_IsTheProblemAndNothingIsSent()
    {
        var token = await RequestAsync(
            new ScriptedAssertions(_ => IssuedToken.Failed("The service is away.", time.GetUtcNow()))
        );

        token.ShouldBe(IssuedToken.Failed("The service is away.", time.GetUtcNow() + TimeSpan.FromSeconds(1)));
        server.Forms.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_RefusedAssertion_IsTheServersRefusal()
    {
        server.Refusal = "as.example.test answered with status 401.";

        var token = await RequestAsync(
            new ScriptedAssertions(_ => new IssuedToken("header.payload.signature", time.GetUtcNow(), ""))
        );

        token.Problem.ShouldBe(server.Refusal);
        token.Problem.ShouldNotContain("header.payload.signature");
    }

    [Fact]
    public async Task Request_OutsideOfTheRunningAgent_HasNoAssertion()
    {
        var token = await RequestAsync(CredentialSources.None.Get(AssertionOrigin.Service, "docs"));

        token.Problem.ShouldBe("Only the running agent has assertions. Start it, and read its log.");
        server.Forms.ShouldBeEmpty();
    }

    private async Task<IssuedToken> RequestAsync(IAssertionSource assertions)
    {
        using var request = new ClientCredentialsTokenRequest();
        return await new TokenEndpoint(Settings, time, transport: server, assertions: assertions).RequestAsync(
            request,
            Token
        );
    }
}
