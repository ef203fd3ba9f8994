using Culvert.Identity.Service.Hsm;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Keys;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.SigningKeys;

public abstract class TokenSigningKeyStoreTests(StorageBackend backend)
{
    public sealed class OnSqlite() : TokenSigningKeyStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : TokenSigningKeyStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task All_StoredKeys_OpenInTheOrderInWhichTheySign()
    {
        using var store = new StoreUnderTest(backend);
        var keys = KeysOf(store);
        using var first = SigningKey.Create();
        using var second = SigningKey.Create();
        var now = store.Time.GetUtcNow();
        await store.CommitAsync(
            new Decision
            {
                Statements =
                [
                    keys.Insert(new TokenSigningKey(second, now, now.AddDays(1), 2)),
                    keys.Insert(new TokenSigningKey(first, now, now, 1)),
                ],
            }
        );

        var all = await keys.AllAsync(TestContext.Current.CancellationToken);

        all.Select(key => key.KeyId).ShouldBe([first.KeyId, second.KeyId]);
        all[1].ActiveFrom.ShouldBe(now.AddDays(1));
        await store.CommitAsync(new Decision { Statements = [keys.Delete(first.KeyId)] });
        (await keys.AllAsync(TestContext.Current.CancellationToken)).Single().KeyId.ShouldBe(second.KeyId);
    }

    // S19
    [Fact]
    public async Task All_KeyMovedToAnotherRow_DoesNotOpen()
    {
        using var store = new StoreUnderTest(backend);
        var keys = KeysOf(store);
        using var key = SigningKey.Create();
        var now = store.Time.GetUtcNow();
        await store.CommitAsync(new Decision { Statements = [keys.Insert(new TokenSigningKey(key, now, now, 1))] });

        store.Sql("UPDATE token_signing_keys SET key_id = 'other'");

        await Should.ThrowAsync<StoreException>(async () => await keys.AllAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Insert_GenerationThatIsThere_Conflicts()
    {
        using var store = new StoreUnderTest();
        var keys = KeysOf(store);
        using var first = SigningKey.Create();
        using var second = SigningKey.Create();
        var now = store.Time.GetUtcNow();
        await store.CommitAsync(new Decision { Statements = [keys.Insert(new TokenSigningKey(first, now, now, 1))] });

        var result = await store.CommitAsync(
            new Decision { Statements = [keys.Insert(new TokenSigningKey(second, now, now, 1))] }
        );

        result.Outcome.ShouldBe(CommitOutcome.Stale);
    }

    // The key of one family is not a key of the other.
    [Fact]
    public async Task All_TwoFamilies_EachOpensItsOwnKeysAlone()
    {
        using var store = new StoreUnderTest(backend);
        var (tokens, assertions) = (KeysOf(store), KeysOf(store, SigningKeyFamily.Assertions));
        using var token = SigningKey.Create();
        using var assertion = SigningKey.CreateRsa();
        var now = store.Time.GetUtcNow();
        await store.CommitAsync(
            new Decision
            {
                Statements =
                [
                    tokens.Insert(new TokenSigningKey(token, now, now, 1)),
                    assertions.Insert(new TokenSigningKey(assertion, now, now.AddDays(1), 1)),
                ],
            }
        );
        await store.CommitAsync(new Decision { Statements = [assertions.Activate(assertion.KeyId, now)] });

        (await tokens.AllAsync(TestContext.Current.CancellationToken)).Single().KeyId.ShouldBe(token.KeyId);
        var stored = (await assertions.AllAsync(TestContext.Current.CancellationToken)).Single();
        (stored.KeyId, stored.ActiveFrom).ShouldBe((assertion.KeyId, now));
        await store.CommitAsync(new Decision { Statements = [assertions.Delete(assertion.KeyId)] });
        (await assertions.AllAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    private static TokenSigningKeyStore KeysOf(StoreUnderTest store, SigningKeyFamily? family = null) =>
        new(
            store.Store.Database,
            store.Store.Sealer,
            new TokenKeyHsm(new InstallationHsm(store.ServiceOptions.Pkcs11)),
            family ?? SigningKeyFamily.AccessTokens
        );
}
