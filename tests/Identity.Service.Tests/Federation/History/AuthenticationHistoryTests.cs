using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.History;

/// <summary>The denials of <see cref="IAuthenticationHistory"/> and their <see cref="DenialStore"/>.</summary>
public abstract class AuthenticationHistoryTests : IDisposable
{
    private readonly StoreUnderTest store;
    private readonly AuthenticationHistory history;
    private readonly DenialStore denials;

    protected AuthenticationHistoryTests(StorageBackend backend)
    {
        store = new(backend);
        history = new AuthenticationHistory(store.Store.Database);
        denials = new DenialStore(store.Store.Database, new Ordinals(store.Store.Node.Id, store.Time));
    }

    public sealed class OnSqlite() : AuthenticationHistoryTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : AuthenticationHistoryTests(StorageBackend.Postgres);

    [Fact]
    public async Task List_Denials_RunFromTheNewestDownInPages()
    {
        for (var i = 0; i < 5; i++)
        {
            await InsertAsync(New($"req_{i}"));
        }

        var query = new HistoryQuery { OrganizationId = "org" };
        var first = await history.ListAsync(query, long.MaxValue, 3, Cancellation);
        var next = await history.ListAsync(query, first.Rows[^1].Ordinal, 3, Cancellation);

        first.Rows.Select(row => row.Value.RequestId).ShouldBe(["req_4", "req_3", "req_2"]);
        next.Rows.Select(row => row.Value.RequestId).ShouldBe(["req_1", "req_0"]);
    }

    [Fact]
    public async Task List_OtherOrganization_IsEmpty()
    {
        await InsertAsync(New("req_0"));

        var page = await history.ListAsync(
            new HistoryQuery { OrganizationId = "other" },
            long.MaxValue,
            3,
            Cancellation
        );

        page.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_BySubjectRuleAndReason_FindsThem()
    {
        await InsertAsync(New("req_0") with { Subject = "repo:acme/app", Proven = 0 });
        await InsertAsync(New("req_1") with { RuleId = "other-rule", Reason = "other_reason" });

        (await FindAsync(q => q with { Subject = "repo:acme/*" })).ShouldBe(["req_0"]);
        (await FindAsync(q => q with { RuleId = "other-rule" })).ShouldBe(["req_1"]);
        (await FindAsync(q => q with { Reason = "other_reason" })).ShouldBe(["req_1"]);
        (await FindAsync(q => q with { RequestId = "req_0" })).ShouldBe(["req_0"]);
        (await FindAsync(q => q with { Since = store.Time.GetUtcNow().AddSeconds(1) })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Insert_TextWithNul_IsKeptReadable()
    {
        var result = await store.CommitAsync(
            new Decision { Statements = [denials.Insert(New("req_0") with { UserAgent = "a\0b" })] }
        );

        result.IsCommitted.ShouldBeTrue();
    }

    [Fact]
    public async Task Forget_Older_LeavesTheRest()
    {
        await InsertAsync(New("req_0"));
        store.Time.Advance(TimeSpan.FromHours(1));
        await InsertAsync(New("req_1"));

        await store.CommitAsync(new Decision { Statements = [denials.Forget(store.Time.GetUtcNow())] });

        (await FindAsync(q => q)).ShouldBe(["req_1"]);
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RecordedDenial New(string requestId) =>
        new()
        {
            RequestId = requestId,
            AtMs = store.Time.GetUtcNow().ToStore(),
            OrganizationId = "org",
            RuleId = "rule",
            IssuerId = "issuer",
            Reason = "signature_invalid",
            Source = "192.0.2.1",
        };

    private async Task<IEnumerable<string?>> FindAsync(Func<HistoryQuery, HistoryQuery> edit)
    {
        var page = await history.ListAsync(
            edit(new HistoryQuery { OrganizationId = "org" }),
            long.MaxValue,
            10,
            Cancellation
        );
        return page.Rows.Select(row => row.Value.RequestId);
    }

    private async Task InsertAsync(RecordedDenial denial) =>
        (await store.CommitAsync(new Decision { Statements = [denials.Insert(denial)] })).IsCommitted.ShouldBeTrue();
}
