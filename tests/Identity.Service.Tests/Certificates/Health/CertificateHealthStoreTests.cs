using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Health;

public abstract class CertificateHealthStoreTests : IDisposable
{
    private readonly StoreUnderTest store;
    private readonly CertificateHealthStore health;

    protected CertificateHealthStoreTests(StorageBackend backend)
    {
        store = new StoreUnderTest(backend);
        health = new CertificateHealthStore(store.Store.Database);
    }

    public sealed class OnSqlite() : CertificateHealthStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : CertificateHealthStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task EveryQuestion_EmptyStore_IsAnswered()
    {
        var (now, cancellation) = (store.Time.GetUtcNow(), TestContext.Current.CancellationToken);

        (await health.ListAuthoritiesAsync(10, cancellation)).ShouldBeEmpty();
        (await health.ListListsAsync(now, 10, cancellation)).ShouldBeEmpty();
        (await health.ListLagsAsync(now, 10, cancellation)).ShouldBeEmpty();
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }
}
