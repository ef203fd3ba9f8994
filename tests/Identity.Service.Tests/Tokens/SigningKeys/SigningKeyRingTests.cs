using System.Text;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Hsm;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;
using Culvert.Jose.Tokens;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.SigningKeys;

[Trait("Attack", "A58")]
public sealed class SigningKeyRingTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly StoreUnderTest store = new();
    private readonly List<SigningKeyRing> rings = [];

    [Fact]
    public async Task Rotate_ThroughMonths_RefusesNoTokenAndNoCachedKeySetMissesTheSigner()
    {
        var ring = await RingAsync();
        var life = AccessTokenFactory.LongestLife - TimeSpan.FromMinutes(1);
        var step = TimeSpan.FromHours(3);
        var live = new Queue<(DateTimeOffset End, string Token)>();
        var cached = ring.Current;
        var signers = new HashSet<string>();
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromDays(95); passed += step)
        {
            // A validator that fetched the key set as long ago as caching allows.
            store.Time.Advance(SigningKeyPlan.CacheLife);
            await ring.RotateAsync(Cancel);
            var now = store.Time.GetUtcNow();
            var token = Mint(ring, now + life);
            signers.Add(KeyIdOf(token));
            Verify(cached, token).ShouldBe(JoseRefusal.None);
            live.Enqueue((now + life, token));
            ring.Current.Keys.Count.ShouldBeLessThanOrEqualTo(3);
            foreach (var (_, old) in live)
            {
                Verify(ring.Current, old).ShouldBe(JoseRefusal.None);
            }

            store.Time.Advance(step - SigningKeyPlan.CacheLife);
            cached = ring.Current;
            while (live.TryPeek(out var oldest) && oldest.End <= store.Time.GetUtcNow())
            {
                live.Dequeue();
            }
        }

        signers.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Rotate_WallClockLeapt_KeepsEveryKeyUntilItIsRight()
    {
        var ring = await RingAsync();
        store.Time.Advance(TimeSpan.FromDays(29));
        await ring.RotateAsync(Cancel);
        var keys = ring.Current.Keys.Select(key => key.KeyId).ToList();
        keys.Count.ShouldBe(2);

        store.Time.StepWallClock(TimeSpan.FromDays(40));
        await ring.RotateAsync(Cancel);
        var refused = await ring.RotateEarlyAsync(AuditActor.System, "req_1", "drill", Cancel);

        ring.Current.Keys.Select(key => key.KeyId).ShouldBe(keys);
        refused.Refusal!.Code.ShouldBe(ClockErrors.Unsynchronised);
        store.Time.StepWallClock(TimeSpan.FromDays(-40));
        store.Time.Advance(TimeSpan.FromDays(3));
        await ring.RotateAsync(Cancel);
        ring.Current.Keys.Select(key => key.KeyId).ShouldBe([keys[1]]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Rotate_TwoNodesAtOnce_MakeOneKey()
    {
        var first = await RingAsync();
        var second = await RingAsync(isFirst: false);
        store.Time.Advance(TimeSpan.FromDays(29));

        await Task.WhenAll(first.RotateAsync(Cancel), second.RotateAsync(Cancel));
        await first.ReloadAsync(Cancel);
        await second.ReloadAsync(Cancel);

        first.Current.Keys.Count.ShouldBe(2);
        second.Current.Keys.Select(key => key.KeyId).ShouldBe(first.Current.Keys.Select(key => key.KeyId));
    }

    [Fact]
    public async Task Drop_SigningKey_TheNextSignsAtOnceAndOldTokensDie()
    {
        var ring = await RingAsync();
        var stolen = ring.Current.Keys[0].KeyId;
        var token = Mint(ring, store.Time.GetUtcNow().AddHours(1));

        var successor = await DropAsync(ring, stolen);

        successor.Refusal.ShouldBeNull();
        Verify(ring.Current, token).ShouldBe(JoseRefusal.KeyUnknown);
        ring.Current.Find(stolen).ShouldBeNull();
        var next = Mint(ring, store.Time.GetUtcNow().AddHours(1));
        KeyIdOf(next).ShouldBe(successor.Value!.KeyId);
        Verify(ring.Current, next).ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public async Task Drop_SigningKeyWithPublishedSuccessor_ThatOneTakesOver()
    {
        var ring = await RingAsync();
        store.Time.Advance(TimeSpan.FromDays(29));
        await ring.RotateAsync(Cancel);
        var published = ring.Current.Keys[1].KeyId;
        var cached = ring.Current;

        await DropAsync(ring, ring.Current.Keys[0].KeyId);

        // Validators know it already: no token is refused for want of a key.
        var token = Mint(ring, store.Time.GetUtcNow().AddHours(1));
        KeyIdOf(token).ShouldBe(published);
        Verify(cached, token).ShouldBe(JoseRefusal.None);
        ring.Current.Keys.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Drop_RetiringKey_LeavesTheSigner()
    {
        var ring = await RingAsync();
        store.Time.Advance(TimeSpan.FromDays(29));
        await ring.RotateAsync(Cancel);
        store.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(2));
        await ring.RotateAsync(Cancel);
        var keys = ring.Current.Keys.Select(key => key.KeyId).ToList();
        keys.Count.ShouldBe(2);

        await DropAsync(ring, keys[0]);

        ring.Current.Keys.Single().KeyId.ShouldBe(keys[1]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Drop_OnAnotherNode_IsSeenThroughTheTopic()
    {
        var first = await RingAsync();
        var second = await RingAsync(isFirst: false);
        await second.StartAsync(Cancel);
        var stolen = first.Current.Keys[0].KeyId;

        await DropAsync(first, stolen);
        await store.Changes.WhenDeliveredAsync(ChangeTopics.SigningKeys);

        second.Current.Find(stolen).ShouldBeNull();
        Verify(second.Current, Mint(first, store.Time.GetUtcNow().AddHours(1))).ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public async Task Drop_UnknownKey_Is404()
    {
        var ring = await RingAsync();

        var refused = await DropAsync(ring, "nobody's");

        refused.Refusal!.Code.ShouldBe(RequestErrors.NotFound);
    }

    [Fact]
    public async Task RotateEarly_PublishesBeforeUse_AndOnlyOnce()
    {
        var ring = await RingAsync();

        var key = (await ring.RotateEarlyAsync(AuditActor.System, "req_1", "drill", Cancel)).Value.ShouldNotBeNull();

        key.ActiveFrom.ShouldBe(store.Time.GetUtcNow() + store.ServiceOptions.TokenSigning.PublishBefore);
        ring.Current.SignerAt(store.Time.GetUtcNow()).KeyId.ShouldNotBe(key.KeyId);
        var refused = await ring.RotateEarlyAsync(AuditActor.System, "req_2", "drill", Cancel);
        refused.Refusal!.Code.ShouldBe(SigningKeyErrors.Pending);
    }

    [Fact]
    public async Task RotateEarly_FullSet_IsRefused()
    {
        var ring = await RingAsync();
        var now = store.Time.GetStoreNow();
        var keys = KeysOf(store.ServiceOptions);
        for (var i = 2; i <= SigningKeyPlan.MaxKeys; i++)
        {
            var key = new TokenSigningKey(SigningKey.Create(), now, now, i);
            await store.CommitAsync(new Decision { Statements = [keys.Insert(key)] });
        }

        var refused = await ring.RotateEarlyAsync(AuditActor.System, "req_1", "", Cancel);

        refused.Refusal!.Code.ShouldBe(SigningKeyErrors.Limit);
    }

    [Fact]
    public async Task Rotate_KeysInTheHsm_SignAndAreDestroyedWhenTheyRetire()
    {
        Culvert.Testing.SoftHsm.Ensure();
        var options = store.ServiceOptions with
        {
            Pkcs11 = new Ca.Keys.Pkcs11.Pkcs11Settings(
                Culvert.Testing.SoftHsm.ModulePath,
                Culvert.Testing.SoftHsm.Token,
                () => Culvert.Testing.SoftHsm.Pin
            ),
            TokenSigning = new TokenSigningOptions { Custody = KeyCustody.Pkcs11 },
        };
        var ring = await RingAsync(options: options);
        var first = ring.Current.Keys[0];
        first.Custody.ShouldBe(KeyCustody.Pkcs11);
        Verify(ring.Current, Mint(ring, store.Time.GetUtcNow().AddHours(1))).ShouldBe(JoseRefusal.None);

        // A second node with the same HSM opens the same key.
        var other = await RingAsync(isFirst: false, options);
        KeyIdOf(Mint(other, store.Time.GetUtcNow().AddHours(1))).ShouldBe(first.KeyId);

        store.Time.Advance(TimeSpan.FromDays(29));
        await ring.RotateAsync(Cancel);
        store.Time.Advance(TimeSpan.FromDays(3));
        await ring.RotateAsync(Cancel);

        ring.Current.Keys.Single().KeyId.ShouldNotBe(first.KeyId);
        Verify(ring.Current, Mint(ring, store.Time.GetUtcNow().AddHours(1))).ShouldBe(JoseRefusal.None);
        Should.Throw<System.Security.Cryptography.CryptographicException>(() =>
            new TokenKeyHsm(new InstallationHsm(options.Pkcs11)).Open(first.Label!, JwsAlgorithm.ES256)
        );
    }

    [Fact]
    public async Task GetOrCreate_AssertionKeys_FirstIsMadeOnceAndRotates()
    {
        var ring = await RingAsync(isFirst: false, family: SigningKeyFamily.Assertions);
        var other = await RingAsync(isFirst: false, family: SigningKeyFamily.Assertions);
        await ring.RotateAsync(Cancel);
        ring.Current.Keys.ShouldBeEmpty();

        var first = (await ring.GetOrCreateAsync(Cancel)).Keys.Single();
        (await other.GetOrCreateAsync(Cancel)).Keys.Single().KeyId.ShouldBe(first.KeyId);

        first.Key.Algorithm.ShouldBe(JwsAlgorithm.RS256);
        ring.Current.SignerAt(store.Time.GetUtcNow()).KeyId.ShouldBe(first.KeyId);
        store.Time.Advance(TimeSpan.FromDays(29));
        await ring.RotateAsync(Cancel);
        ring.Current.Keys.Count.ShouldBe(2);
    }

    [Fact]
    public async Task GetOrCreate_AssertionKeyInTheHsm_SignsWithRs256()
    {
        Culvert.Testing.SoftHsm.Ensure();
        var options = store.ServiceOptions with
        {
            Pkcs11 = new Ca.Keys.Pkcs11.Pkcs11Settings(
                Culvert.Testing.SoftHsm.ModulePath,
                Culvert.Testing.SoftHsm.Token,
                () => Culvert.Testing.SoftHsm.Pin
            ),
            TokenSigning = new TokenSigningOptions { Custody = KeyCustody.Pkcs11 },
        };
        var ring = await RingAsync(isFirst: false, options, SigningKeyFamily.Assertions);

        var key = (await ring.GetOrCreateAsync(Cancel)).Keys.Single();
        var token = CompactSigner.Sign(key.Key, """{"alg":"RS256"}""", "{}"u8);

        CompactJws.TryParse(token, out var jws).ShouldBe(JoseRefusal.None);
        jws!.Verify(key.Key.ToVerificationKey(), JwsAlgorithms.RS256).ShouldBe(JoseRefusal.None);
        await ring.DropAsync(key.KeyId, [], AuditActor.System, "req_1", "stolen", Cancel);
    }

    public void Dispose()
    {
        rings.ForEach(ring => ring.Dispose());
        store.Dispose();
    }

    private async Task<SigningKeyRing> RingAsync(
        bool isFirst = true,
        ServiceOptions? options = null,
        SigningKeyFamily? family = null
    )
    {
        options ??= store.ServiceOptions;
        var hsm = new TokenKeyHsm(new InstallationHsm(options.Pkcs11));
        family ??= SigningKeyFamily.AccessTokens;
        var keys = KeysOf(options, hsm, family);
        var maker = new SigningKeyMaker(options.TokenSigning, hsm, NullLogger<SigningKeyMaker>.Instance, family);
        if (isFirst)
        {
            var now = store.Time.GetStoreNow();
            await store.CommitAsync(new Decision { Statements = [keys.Insert(maker.Make(now, now, 1))] });
        }

        var clock = new ClockGuard(
            store.Journal,
            new AuditLog(store.Store.Database),
            new(new ClockOptions(options.Federation.Leeway)),
            store.Store.Node,
            store.Time,
            NullLogger<ClockGuard>.Instance
        );
        var ring = new SigningKeyRing(
            keys,
            maker,
            store.Journal,
            store.Changes,
            clock,
            options.TokenSigning,
            store.Time,
            NullLogger<SigningKeyRing>.Instance
        );
        rings.Add(ring);
        await ring.ReloadAsync(Cancel);
        return ring;
    }

    private TokenSigningKeyStore KeysOf(
        ServiceOptions options,
        TokenKeyHsm? hsm = null,
        SigningKeyFamily? family = null
    ) =>
        new(
            store.Store.Database,
            store.Store.Sealer,
            hsm ?? new TokenKeyHsm(new InstallationHsm(options.Pkcs11)),
            family ?? SigningKeyFamily.AccessTokens
        );

    private static Task<Result<TokenSigningKey>> DropAsync(SigningKeyRing ring, string keyId) =>
        ring.DropAsync(keyId, [], AuditActor.System, "req_1", "stolen", Cancel);

    private string Mint(SigningKeyRing ring, DateTimeOffset end) =>
        Encoding.ASCII.GetString(
            ring.Current.MinterAt(store.Time.GetUtcNow())
                .Mint(
                    new AccessTokenClaims
                    {
                        Issuer = "https://identity.test",
                        Subject = "svac_1",
                        Audience = "https://identity.test",
                        ClientId = "fdrl_1",
                        IssuedAt = store.Time.GetUtcNow().ToUnixTimeSeconds(),
                        ExpiresAt = end.ToUnixTimeSeconds(),
                        TokenId = "id",
                        Scope = "tunnel:agent",
                        Rule = "fdrl_1",
                        RuleVersion = 1,
                        Organization = "o",
                    }
                )
        );

    private static JoseRefusal Verify(SigningKeySet set, string token)
    {
        SignedToken.TryParse(Encoding.ASCII.GetBytes(token), out var signed);
        return set.Find(signed!.KeyId) is { } key ? signed.Verify(key, JwsAlgorithms.ES256) : JoseRefusal.KeyUnknown;
    }

    private static string KeyIdOf(string token)
    {
        SignedToken.TryParse(Encoding.ASCII.GetBytes(token), out var signed);
        return signed!.KeyId!;
    }
}
