using Culvert.Jose.Algorithms;
using Culvert.Jose.Refusals;
using Culvert.Platform.Issuers;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

/// <summary>Rules A10 and A11: where keys come from, and how long they serve.</summary>
public sealed class IssuerKeyCacheTests
{
    private readonly FakeTimeProvider time = new();
    private readonly TestIssuer issuer = new();
    private readonly ScriptedDocuments documents;

    public IssuerKeyCacheTests() => documents = issuer.Documents();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private int Fetches => documents.Asked.Count(u => u.EndsWith("/jwks", StringComparison.Ordinal));

    [Fact]
    public async Task A10_UnknownKid_FetchesOncePerMinute()
    {
        var keys = OauthFixture.KeysOf(issuer, time, documents);
        (await keys.FindAsync("k1", Token)).Key.ShouldNotBeNull();

        for (var i = 0; i < 50; i++)
        {
            (await keys.FindAsync($"unknown-{i}", Token)).Outcome.ShouldBe(KeyLookupOutcome.Unknown);
        }

        Fetches.ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(60));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => keys.FindAsync($"x-{i}", Token).AsTask()));
        Fetches.ShouldBe(2);
    }

    [Fact]
    public async Task A10_NewKey_IsFoundAfterAMinuteAtMost()
    {
        var keys = OauthFixture.KeysOf(issuer, time, documents);
        await keys.FindAsync("k1", Token);

        issuer.KeyId = "k2";
        time.Advance(TimeSpan.FromSeconds(60));

        (await keys.FindAsync("k2", Token)).Key.ShouldNotBeNull();
    }

    [Fact]
    public async Task A10_KeysThatClaimADay_AreDueLongBeforeTheHardEnd()
    {
        documents.MaxAge = TimeSpan.FromHours(24);
        var keys = OauthFixture.KeysOf(issuer, time, documents);
        await keys.FindAsync("k1", Token);

        time.Advance(TimeSpan.FromHours(6) - TimeSpan.FromSeconds(1));
        keys.State.ShouldBe(KeyState.Fresh);
        time.Advance(TimeSpan.FromSeconds(1));
        keys.State.ShouldBe(KeyState.StaleOk);
    }

    [Fact]
    public async Task A10_ReplacedKeyOfTheSameName_IsFetchedAfterABadSignature()
    {
        var before = new TestIssuer();
        var current = before;
        var served = new ScriptedDocuments
        {
            [$"{issuer.Url}/.well-known/oauth-authorization-server"] = () => issuer.Metadata,
            [$"{issuer.Url}/jwks"] = () => current.KeySet,
        };
        var keys = OauthFixture.KeysOf(issuer, time, served);
        var validator = new TokenValidator([keys], time);
        byte[][] audience = [System.Text.Encoding.UTF8.GetBytes(OauthFixture.Resource)];
        await keys.FindAsync("k1", Token);

        current = issuer;
        time.Advance(TimeSpan.FromSeconds(60));
        var verdict = await validator.ValidateAsync(
            issuer.Token(OauthFixture.Resource, time.GetUtcNow()),
            audience,
            Token
        );

        verdict.Error.ShouldBe(TokenError.None);
    }

    [Fact]
    public async Task A10_UnreachableIssuer_ServesTheLastGoodKeysUntilTheCapAndThen503()
    {
        await using var fixture = new OauthFixture(time: time);
        var reachable = true;
        var served = new ScriptedDocuments
        {
            [$"{fixture.Issuer.Url}/.well-known/oauth-authorization-server"] = () =>
                reachable ? fixture.Issuer.Metadata : null,
            [$"{fixture.Issuer.Url}/jwks"] = () => fixture.Issuer.KeySet,
        };
        var keys = OauthFixture.KeysOf(fixture.Issuer, time, served);
        fixture.Tunnel.Add("docs", fixture.Upstream.Port, fixture.Access(keys: keys));
        await fixture.Tunnel.StartAsync();
        using (var first = await fixture.SendAsync(fixture.Token()))
        {
            ((int)first.StatusCode).ShouldBe(200);
        }

        reachable = false;
        time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        keys.State.ShouldBe(KeyState.Degraded);
        using (var stale = await fixture.SendAsync(fixture.Token()))
        {
            ((int)stale.StatusCode).ShouldBe(200);
        }

        time.Advance(TimeSpan.FromSeconds(1));
        keys.State.ShouldBe(KeyState.HardExpired);
        using (var expired = await fixture.SendAsync(fixture.Token()))
        {
            ((int)expired.StatusCode).ShouldBe(503);
            expired.Headers.RetryAfter.ShouldNotBeNull();
        }

        reachable = true;
        time.Advance(TimeSpan.FromMinutes(1));
        using var again = await fixture.SendAsync(fixture.Token());
        ((int)again.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task Find_DegradedSet_ServesOnlyKeysThatWereSeenToSign()
    {
        var keys = OauthFixture.KeysOf(issuer, time, documents);
        var key = (await keys.FindAsync("k1", Token)).Key.ShouldNotBeNull();
        documents[$"{issuer.Url}/.well-known/oauth-authorization-server"] = () => null;

        time.Advance(TimeSpan.FromHours(12));
        (await keys.FindAsync("k1", Token)).Refusal.ShouldBe(JoseRefusal.KeyUnknown);

        keys.MarkProven(key);
        (await keys.FindAsync("k1", Token)).Key.ShouldBe(key);
    }

    [Fact]
    public async Task Find_NoKeysYet_OneFetchServesAll()
    {
        var keys = OauthFixture.KeysOf(issuer, time, documents);

        var found = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => keys.FindAsync("k1", Token).AsTask()));

        found.ShouldAllBe(f => f.Key != null);
        Fetches.ShouldBe(1);
    }

    [Fact]
    public async Task Find_NoKidOrNoKeys_NeverGuesses()
    {
        var keys = OauthFixture.KeysOf(issuer, time, documents);
        await keys.FindAsync("k1", Token);

        (await keys.FindAsync(null, Token)).Key.ShouldBeNull();
    }

    [Fact]
    public async Task Find_NoKidWhereTheIssuerAllowsIt_NeedsExactlyOneKey()
    {
        var settings = issuer.Settings with { AllowMissingKid = true };
        var keys = OauthFixture.KeysOf(issuer, time, documents, settings);
        (await keys.FindAsync(null, Token)).Key.ShouldNotBeNull();

        documents[$"{issuer.Url}/jwks"] = () => Join(issuer.KeySet, new TestIssuer(keyId: "k2").KeySet);
        time.Advance(TimeSpan.FromSeconds(60));
        await keys.FindAsync("k2", Token); // fetches

        (await keys.FindAsync(null, Token)).Refusal.ShouldBe(JoseRefusal.KeyIdMissing);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_OnlyKeyHasNoKid_NeedsTheIssuersSetting(bool isAllowed)
    {
        documents[$"{issuer.Url}/jwks"] = () => issuer.KeySet.Replace("\"kid\":\"k1\",", "");

        var result = await new KeySetSource(documents).GetAsync(
            issuer.Settings with
            {
                AllowMissingKid = isAllowed,
            },
            Token
        );

        (result.Keys is not null).ShouldBe(isAllowed);
        result.Failure.ShouldBe(
            isAllowed ? null : "key set: no usable key with a kid (the one without a kid needs allow_missing_kid)"
        );
    }

    [Fact]
    public async Task Get_NoUsableKey_NamesWhyEachIsLeftOut()
    {
        documents[$"{issuer.Url}/jwks"] = () => Join(issuer.KeySet, new TestIssuer().KeySet);

        var result = await new KeySetSource(documents).GetAsync(issuer.Settings, Token);

        result.Failure.ShouldBe("key set: no usable key with a kid (keys[0]: KeyIdDuplicate, keys[1]: KeyIdDuplicate)");
    }

    [Fact]
    public async Task Find_KeyPublishedTwice_IsFound()
    {
        documents[$"{issuer.Url}/jwks"] = () => Join(issuer.KeySet, issuer.KeySet);
        var keys = OauthFixture.KeysOf(issuer, time, documents);

        (await keys.FindAsync("k1", JwsAlgorithm.ES256, Token)).Key.ShouldNotBeNull();
    }

    [Fact]
    public async Task Find_KeyThatIsLeftOut_SaysWhy()
    {
        const string Encryption = """{"kty":"EC","use":"enc","kid":"e"}""";
        documents[$"{issuer.Url}/jwks"] = () => Join(issuer.KeySet, $"{{\"keys\":[{Encryption}]}}");
        var keys = OauthFixture.KeysOf(issuer, time, documents);
        await keys.FindAsync("k1", Token);

        (await keys.FindAsync("e", Token)).Refusal.ShouldBe(JoseRefusal.KeyUse);
    }

    [Theory]
    [InlineData(
        "https://a.example/tenant",
        "https://a.example/.well-known/oauth-authorization-server/tenant https://a.example/.well-known/openid-configuration/tenant https://a.example/tenant/.well-known/openid-configuration"
    )]
    [InlineData(
        "https://a.example",
        "https://a.example/.well-known/oauth-authorization-server https://a.example/.well-known/openid-configuration"
    )]
    public async Task A11_Metadata_IsLookedForAtEachPlaceInOrder(string url, string places)
    {
        var nowhere = new ScriptedDocuments();

        var result = await new KeySetSource(nowhere).GetAsync(issuer.Settings with { Issuer = url }, Token);

        result.Keys.ShouldBeNull();
        nowhere.Asked.ShouldBe(places.Split(' '));
    }

    [Theory]
    [InlineData("""{"issuer":"https://login.example.test/","jwks_uri":"https://login.example.test/jwks"}""", "issuer")]
    [InlineData("""{"issuer":"https://evil.example","jwks_uri":"https://login.example.test/jwks"}""", "issuer")]
    [InlineData("""{"jwks_uri":"https://login.example.test/jwks"}""", "issuer")]
    [InlineData("""{"issuer":"https://login.example.test","jwks_uri":"http://login.example.test/jwks"}""", "https")]
    [InlineData("""{"issuer":"https://login.example.test","jwks_uri":"https://evil.example/jwks"}""", "another host")]
    [InlineData("""{"issuer":"https://login.example.test"}""", "jwks_uri")]
    [InlineData("[]", "issuer")]
    [InlineData("<html>", "not a JSON document")]
    public async Task A11_MetadataOfSomebodyElse_IsRefused(string metadata, string why)
    {
        documents[$"{issuer.Url}/.well-known/oauth-authorization-server"] = () => metadata;

        var result = await new KeySetSource(documents).GetAsync(issuer.Settings, Token);

        result.Keys.ShouldBeNull();
        result.Failure!.ShouldContain(why);
        Fetches.ShouldBe(0);
    }

    [Fact]
    public async Task Get_MetadataThatIsNoJson_NextNamesTheDocument()
    {
        var place = $"{issuer.Url}/.well-known/oauth-authorization-server";
        documents[place] = () => "<html>";

        var result = await new KeySetSource(documents).GetAsync(issuer.Settings, Token);

        result.Next.ShouldBe($"Open {place}: it must be a JSON document.");
    }

    [Fact] // RFC 8259 §8.1
    public async Task Get_DocumentsBehindAByteOrderMark_AreRead()
    {
        var served = new ScriptedDocuments
        {
            [$"{issuer.Url}/.well-known/oauth-authorization-server"] = () => "\uFEFF" + issuer.Metadata,
            [$"{issuer.Url}/jwks"] = () => "\uFEFF" + issuer.KeySet,
        };

        var result = await new KeySetSource(served).GetAsync(issuer.Settings, Token);

        result.Failure.ShouldBeNull();
        System.Text.Encoding.UTF8.GetString(result.Document.Span).ShouldBe(issuer.KeySet);
    }

    [Theory]
    [InlineData("https://127.0.0.1:1/")]
    [InlineData("https://169.254.169.254/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("http://login.example.test/")]
    public async Task A11_PrivateAddressesAndPlainHttp_AreNotFetched(string url)
    {
        var result = await new IssuerDocuments(TimeProvider.System).GetAsync(issuer.Settings, new Uri(url), Token);

        result.Body.ShouldBeNull();
        result.IsElsewhere.ShouldBeFalse();
    }

    private static string Join(string first, string second) => $"{first[..^2]},{second[9..]}";
}
