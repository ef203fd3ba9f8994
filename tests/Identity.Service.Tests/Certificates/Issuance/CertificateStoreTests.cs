using Culvert.Ca.Keys;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

/// <summary>The contract of <see cref="CertificateStore"/>.</summary>
public abstract class CertificateStoreTests : IDisposable
{
    private readonly StoreUnderTest store;
    private readonly CertificateStore certificates;

    protected CertificateStoreTests(StorageBackend backend)
    {
        store = new(backend);
        certificates = new CertificateStore(store.Store.Database);
    }

    public sealed class OnSqlite() : CertificateStoreTests(StorageBackend.Sqlite)
    {
        // Rows are never deleted: a lookup must not read them all.
        [Theory]
        [InlineData(null, "01aa", "serial=?")]
        [InlineData("tnl_a", null, "tunnel_id=?")]
        public void ListSql_ByOne_UsesItsIndex(string? tunnel, string? serial, string expected)
        {
            using var connection = store.Store.Database.OpenWrite();
            var filter = new CertificateFilter("org", null, WithInstallation: true, tunnel, serial);

            var plan = connection.Query<(int, int, int, string Detail)>(
                "EXPLAIN QUERY PLAN " + CertificateStore.ListSql(filter),
                new
                {
                    before = long.MaxValue,
                    count = 1,
                    filter.OrganizationId,
                    Installation = 1,
                    TunnelId = tunnel,
                    Serial = serial,
                }
            );

            plan.First().Detail.ShouldContain(expected);
        }
    }

    public sealed class OnPostgres() : CertificateStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task InsertIntent_SerialThatExists_Conflicts()
    {
        await CommitAsync(Intend(Record("01aa")));

        (await CommitAsync(Intend(Record("01aa")))).IsStale.ShouldBeTrue();
    }

    [Fact]
    public async Task Complete_Intent_IsIssuedAndOnlyOnce()
    {
        var record = Record("01aa");
        await CommitAsync(Intend(record));

        (await CommitAsync(certificates.Complete(record.Id, "ff", new byte[] { 1 }))).IsCommitted.ShouldBeTrue();

        (await ListAsync()).ShouldHaveSingleItem().Status.ShouldBe(CertificateStatus.Issued);
        (await CommitAsync(certificates.Complete(record.Id, "ff", new byte[] { 1 }))).IsStale.ShouldBeTrue();
        (await CommitAsync(certificates.Void(record.Id))).IsStale.ShouldBeTrue();
    }

    [Fact]
    public async Task Void_Intent_KeepsTheSerialUsed()
    {
        var record = Record("01aa");
        await CommitAsync(Intend(record));
        await CommitAsync(certificates.Void(record.Id));

        (await CommitAsync(Intend(Record("01aa")))).IsStale.ShouldBeTrue();
    }

    [Fact]
    public async Task RequireFreeKey_KeyOfAnotherIdentity_ConflictsUntilThatIsVoided()
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var other = Record("01bb") with { Identity = "spiffe://identity.test/y" };
        var first = Record("01aa");
        await IntendAsync(first);

        (await IntendAsync(Record("01cc"))).IsCommitted.ShouldBeTrue();
        (await IntendAsync(other)).Refusal!.Code.ShouldBe(IssuanceErrors.KeyReused);

        var rest = await ListAsync();
        await CommitAsync([.. rest.Select(record => certificates.Void(record.Id))]);
        (await IntendAsync(other)).IsCommitted.ShouldBeTrue();

        Task<CommitResult> IntendAsync(CertificateRecord record) =>
            CommitAsync(certificates.RequireFreeKey(record, key.PublicKey), Intend(record, key.PublicKey));
    }

    [Fact]
    public async Task FindByRequest_HeldKey_ConflictsAndIsFreeAfterVoidOrRelease()
    {
        var first = Record("01aa") with { IdempotencyKey = "k", RequestSha256 = "r" };
        var second = first with { Id = CertificateId.New(), Serial = "01bb" };
        var third = first with { Id = CertificateId.New(), Serial = "01cc" };
        await CommitAsync(Intend(first));

        (await FindAsync("k")).ShouldNotBeNull().Record.RequestSha256.ShouldBe("r");
        (await CommitAsync(Intend(second))).IsStale.ShouldBeTrue();
        await CommitAsync(certificates.Void(first.Id));
        (await CommitAsync(Intend(second))).IsCommitted.ShouldBeTrue();
        (await CommitAsync(certificates.ReleaseRequest(second.Id), Intend(third))).IsCommitted.ShouldBeTrue();
        (await FindAsync("k")).ShouldNotBeNull().Record.Id.ShouldBe(third.Id);
        (await FindAsync("other")).ShouldBeNull();

        ValueTask<StoredCertificate?> FindAsync(string key) =>
            certificates.FindByRequestAsync(key, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ListIntents_OlderThan_ShowsThoseOfEveryNode()
    {
        var now = store.Time.GetUtcNow();
        var old = Record("02aa") with { IssuedAt = now.AddMinutes(-2) };
        await CommitAsync(Intend(old), Intend(Record("01aa")));

        var found = await certificates.ListIntentsAsync(now.AddMinutes(-1), TestContext.Current.CancellationToken);

        found.ShouldHaveSingleItem().Id.ShouldBe(old.Id);
    }

    [Fact]
    public async Task LastNotAfter_OfAnAuthority_IsItsLongestLeafThatWasNotVoided()
    {
        var now = store.Time.GetUtcNow();
        var longest = Record("01dd") with { CaId = "ca_a", NotAfter = now.AddDays(3) };
        await CommitAsync(
            Intend(Record("01aa") with { CaId = "ca_a", NotAfter = now.AddDays(2) }),
            Intend(Record("01bb") with { CaId = "ca_a", NotAfter = now.AddDays(1) }),
            Intend(Record("01cc") with { CaId = "ca_b", NotAfter = now.AddDays(9) }),
            Intend(longest),
            certificates.Void(longest.Id)
        );

        (await certificates.LastNotAfterAsync("ca_a", TestContext.Current.CancellationToken)).ShouldBe(now.AddDays(2));
        (await certificates.LastNotAfterAsync("ca_c", TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task ListIntents_ByPrefix_ShowsOneNodesIntentsAlone()
    {
        await CommitAsync(Intend(Record("01aa")), Intend(Record("02aa")));
        var done = Record("01bb");
        await CommitAsync(Intend(done), certificates.Void(done.Id));

        var intents = await certificates.ListIntentsAsync("01", TestContext.Current.CancellationToken);

        intents.ShouldHaveSingleItem().Serial.ShouldBe("01aa");
    }

    [Fact]
    public async Task List_Filter_KeepsOrganizationsAndWorkspacesApart()
    {
        await CommitAsync(
            Intend(Record("01aa") with { OrganizationId = "a", WorkspaceId = "w1" }),
            Intend(Record("01bb") with { OrganizationId = "a", WorkspaceId = "w2" }),
            Intend(Record("01cc") with { OrganizationId = "b", WorkspaceId = "w1" }),
            Intend(Record("01dd"))
        );

        (await SerialsAsync(new("a", null, false, null, null))).ShouldBe(["01bb", "01aa"]);
        (await SerialsAsync(new("a", "w1", false, null, null))).ShouldBe(["01aa"]);
        (await SerialsAsync(new("a", null, true, null, null))).ShouldBe(["01dd", "01bb", "01aa"]);
        (await SerialsAsync(new("a", null, true, null, "01dd"))).ShouldBe(["01dd"]);
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private Statement Intend(CertificateRecord record, SubjectPublicKey? key = null)
    {
        using var fresh = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        return certificates.InsertIntent(record, key ?? fresh.PublicKey);
    }

    private CertificateRecord Record(string serial) =>
        new()
        {
            Id = CertificateId.New(),
            Serial = serial,
            Kind = CertificateKind.Agent,
            Status = CertificateStatus.Intent,
            Identity = "spiffe://identity.test/x",
            IssuedAt = store.Time.GetUtcNow(),
            NotBefore = store.Time.GetUtcNow(),
            NotAfter = store.Time.GetUtcNow().AddHours(1),
        };

    private Task<CommitResult> CommitAsync(params Statement[] statements) =>
        store.CommitAsync(store.Decide(null, statements));

    private async Task<IReadOnlyList<CertificateRecord>> ListAsync() =>
        await certificates.ListAsync(
            new("", null, true, null, null),
            long.MaxValue,
            10,
            TestContext.Current.CancellationToken
        );

    private async Task<IEnumerable<string>> SerialsAsync(CertificateFilter filter) =>
        (await certificates.ListAsync(filter, long.MaxValue, 10, TestContext.Current.CancellationToken)).Select(
            record => record.Serial
        );
}
