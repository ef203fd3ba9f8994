using System.Text;
using System.Text.Json;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>The service as authorization server: issuer and keys come from the feed alone.</summary>
public sealed class FedIssuerTests
{
    private static readonly byte[][] Audience = [Encoding.UTF8.GetBytes(OauthFixture.Resource)];

    private readonly FakeTimeProvider time = new();
    private readonly TestIssuer issuer = new("https://identity.example.test/oauth/org_1");
    private readonly IssuerKeyCache keys;
    private DateTimeOffset? confirmed;

    public FedIssuerTests()
    {
        keys = OauthFixture.KeysOf(issuer, time, new ScriptedDocuments(), IssuerSettings.CreateFed());
        confirmed = time.GetUtcNow();
    }

    [Fact]
    public async Task Validate_BeforeTheFirstFeed_KeysAreUnavailable()
    {
        (await ValidateAsync()).ShouldBe(TokenError.KeysUnavailable);
        keys.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task Validate_TokenByTheKeysOfTheFeed_IsAccepted()
    {
        Feed(issuer);

        (await ValidateAsync()).ShouldBe(TokenError.None);
        keys.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task Validate_ServiceThatSendsNoServer_KeysAreUnavailableAndTheProblemSaysWhy()
    {
        Feed(issuer);
        keys.Use(null, () => confirmed);

        (await ValidateAsync()).ShouldBe(TokenError.KeysUnavailable);
        keys.Problem.ShouldContain("update the service");
    }

    [Theory]
    [InlineData(0, nameof(TokenError.None))]
    [InlineData(1, nameof(TokenError.KeysUnavailable))]
    public async Task Validate_StaleFeed_ServesUntilKeysAreTooOld(int seconds, string expected)
    {
        Feed(issuer);
        confirmed = time.GetUtcNow() - TimeSpan.FromHours(24) - TimeSpan.FromSeconds(seconds);

        (await ValidateAsync()).ToString().ShouldBe(expected);
    }

    [Fact]
    public async Task Validate_NextFeedHasAnotherKeyAndIssuer_OnlyThatIsAccepted()
    {
        Feed(issuer);
        var next = new TestIssuer("https://identity.example.test/oauth/org_2", "k2");
        Feed(next);

        await Eventually.UntilAsync(
            async () => await ValidateAsync(next) == TokenError.None,
            TestContext.Current.CancellationToken
        );
        (await ValidateAsync()).ShouldBe(TokenError.Issuer);
    }

    [Fact]
    public void AuthorizationServers_ChangeWithTheFeed()
    {
        var access = new RouteAccess(
            new OauthSettings { Mode = OauthMode.Required, Issuers = [IssuerSettings.ServiceName] },
            [keys],
            NoCredential.Instance,
            time
        );
        access.AuthorizationServers.ShouldBeEmpty();

        Feed(issuer);

        access.AuthorizationServers.ShouldBe([issuer.Url]);
    }

    [Fact]
    public void GetRevoked_BothIssuersOfTheService_HaveTheSameRevocations()
    {
        var state = RevocationState.From(
            new AgentFeedTokenRevocations(
                Issuer: "https://identity.example.test",
                Hashes: "",
                Until: [new AgentFeedTokenRevocation(Kind: "issued_before", Value: "", IssuedBefore: 1)]
            ),
            issuer.Url,
            people: null
        );

        state.GetRevoked(issuer.Url).IsEmpty.ShouldBeFalse();
        state.GetRevoked("https://identity.example.test").IsEmpty.ShouldBeFalse();
        state.GetRevoked("https://login.example.test").IsEmpty.ShouldBeTrue();
    }

    private void Feed(TestIssuer from) =>
        keys.Use(
            new AgentFeedAuthorization(from.Url, JsonDocument.Parse(from.KeySet).RootElement.Clone()),
            () => confirmed
        );

    private async Task<TokenError> ValidateAsync(TestIssuer? from = null)
    {
        var verdict = await new TokenValidator([keys], time).ValidateAsync(
            (from ?? issuer).Token(OauthFixture.Resource, time.GetUtcNow()),
            Audience,
            TestContext.Current.CancellationToken
        );
        return verdict.Error;
    }
}
