using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Certificates;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage.Certificates;

/// <summary>The contract of <see cref="IPlatformAuthorityStore"/>.</summary>
public abstract class PlatformAuthorityStoreTests(StorageBackend backend)
{
    public sealed class OnSqlite() : PlatformAuthorityStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : PlatformAuthorityStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task FindNewest_PerTier_IsTheOneThatLastsLongest()
    {
        using var store = new StoreUnderTest(backend);
        var pki = new TestPki();
        var authorities = new PlatformAuthorityStore(store.Store.Database);
        (await authorities.FindNewestAsync(PlatformTier.Root, Cancellation)).ShouldBeNull();
        var root = New(store, PlatformTier.Root, pki);
        var (older, newer) = (New(store, PlatformTier.Issuing, pki), New(store, PlatformTier.Issuing, pki));
        older = older with { CreatedAt = newer.CreatedAt - TimeSpan.FromDays(1) };

        foreach (var authority in new[] { root, newer, older })
        {
            await store.CommitAsync(new Decision { Statements = [authorities.Insert(authority)] });
        }

        (await authorities.FindNewestAsync(PlatformTier.Root, Cancellation))!.Id.ShouldBe(root.Id);
        var found = (await authorities.FindNewestAsync(PlatformTier.Issuing, Cancellation)).ShouldNotBeNull();
        found.Id.ShouldBe(newer.Id);
        found.SealedKey.ShouldBe(newer.SealedKey);
        found.Certificate.Fingerprint.ShouldBe(newer.Certificate.Fingerprint);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static PlatformAuthority New(StoreUnderTest store, PlatformTier tier, TestPki pki) =>
        new()
        {
            Id = CertificateAuthorityId.New(),
            Tier = tier,
            Certificate = ParsedCertificate.TryParse(pki.Root.RawData)!,
            SealedKey = [0, 1, 255],
            CreatedAt = store.Time.GetUtcNow(),
        };
}
