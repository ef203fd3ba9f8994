using Culvert.Ca.Keys;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Mail;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Notices;

public abstract class ExpiryNoticesTests : IDisposable
{
    private readonly StoreUnderTest store;
    private readonly CertificateStore certificates;
    private readonly WebhookStore webhooks;
    private readonly Current<NoticeOptions> options;
    private readonly ExpiryNotices notices;

    protected ExpiryNoticesTests(StorageBackend backend)
    {
        store = new StoreUnderTest(backend);
        certificates = new CertificateStore(store.Store.Database);
        webhooks = new WebhookStore(store.Store.Database);
        options = new(store.ServiceOptions.Notices);
        notices = new ExpiryNotices(
            new NoticeStore(store.Store.Database),
            new WebhookQueue(
                webhooks,
                new(new MailOptions()),
                new ServiceIdentity("https://identity.test", "https://identity.test:8444", "identity.test")
            ),
            store.Journal,
            options,
            store.Time,
            NullLogger<ExpiryNotices>.Instance
        );
    }

    public sealed class OnSqlite() : ExpiryNoticesTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : ExpiryNoticesTests(StorageBackend.Postgres);

    [Fact]
    public async Task Run_LongLivedLeaf_IsToldOfAtEachThresholdOnce()
    {
        await IssueAsync("a.tunnel.test", TimeSpan.FromDays(100));
        await CommitAsync(
            webhooks.Insert(
                new Webhook
                {
                    Id = WebhookId.New(),
                    OrganizationId = "org",
                    Url = "https://hooks.test/x",
                    SealedSecret = [1],
                    CreatedAt = store.Time.GetStoreNow(),
                },
                16
            )
        );

        (await RunAsync()).ShouldBe(0);
        foreach (var days in new[] { 56, 31, 11 })
        {
            store.Time.Advance(TimeSpan.FromDays(days));
            (await RunAsync()).ShouldBe(1);
            (await RunAsync()).ShouldBe(0);
        }

        store.Scalar<long>("SELECT COUNT(*) FROM journal WHERE event = 'certificate_expiry_notice'").ShouldBe(3);
        store.Scalar<long>("SELECT COUNT(*) FROM webhook_deliveries WHERE event = 'certificate.expiring'").ShouldBe(3);
    }

    [Fact]
    public async Task Run_OtherDaysAreInForce_CountAtOnce()
    {
        await IssueAsync("a.tunnel.test", TimeSpan.FromDays(365));
        store.Time.Advance(TimeSpan.FromDays(315));
        (await RunAsync()).ShouldBe(0);

        options.Use(new NoticeOptions { Days = [60] });
        (await RunAsync()).ShouldBe(1);
        options.Use(new NoticeOptions { Days = [] });
        (await RunAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Run_LeafThatWasReplacedOrRevokedOrIsShort_IsNotToldOf()
    {
        await IssueAsync("a.tunnel.test", TimeSpan.FromDays(30));
        await IssueAsync("a.tunnel.test", TimeSpan.FromDays(90));
        await IssueAsync("short.tunnel.test", TimeSpan.FromDays(6));
        var revoked = await IssueAsync("b.tunnel.test", TimeSpan.FromDays(30));
        var revocations = new RevocationStore(store.Store.Database);
        await CommitAsync([
            .. revocations.Revoke(revoked, RevocationReason.Superseded, null, store.Time.GetStoreNow()),
        ]);
        store.Time.Advance(TimeSpan.FromDays(28));

        (await RunAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task ListExpiring_MoreThanAPage_FindsEachOnce()
    {
        var now = store.Time.GetUtcNow();
        for (var i = 0; i < 5; i++)
        {
            await IssueAsync($"{i}.tunnel.test", TimeSpan.FromDays(30 + (i / 3)));
        }

        List<string> found = [];
        var subjects = new NoticeStore(store.Store.Database).ListExpiringAsync(
            now,
            now + TimeSpan.FromDays(60),
            pageSize: 2,
            TestContext.Current.CancellationToken
        );
        await foreach (var subject in subjects)
        {
            found.Add(subject.Name);
        }

        found.Order().ShouldBe(["0.tunnel.test", "1.tunnel.test", "2.tunnel.test", "3.tunnel.test", "4.tunnel.test"]);
    }

    public void Dispose()
    {
        notices.Dispose();
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<int> RunAsync() => notices.RunAsync(TestContext.Current.CancellationToken);

    private async Task<CertificateRecord> IssueAsync(string identity, TimeSpan life)
    {
        var now = store.Time.GetStoreNow();
        var id = CertificateId.New();
        var record = new CertificateRecord
        {
            Id = id,
            Serial = Convert.ToHexStringLower(RandomBytes.Get(18)),
            Kind = CertificateKind.Server,
            Status = CertificateStatus.Intent,
            OrganizationId = "org",
            Identity = identity,
            IssuedAt = now,
            NotBefore = now,
            NotAfter = now + life,
        };
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        await CommitAsync(certificates.InsertIntent(record, key.PublicKey));
        await CommitAsync(certificates.Complete(id, "ff", new byte[] { 1 }));
        return record;
    }

    private async Task CommitAsync(params Statement[] statements) =>
        (await store.CommitAsync(store.Decide(null, statements))).IsCommitted.ShouldBeTrue();
}
