using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.TunnelAuthorities;

/// <summary>The contract of <see cref="TunnelAuthorityStore"/>.</summary>
public abstract class TunnelAuthorityStoreTests : IDisposable
{
    private const int Limit = 2;

    private readonly StoreUnderTest store;
    private readonly TunnelAuthorityStore authorities;
    private readonly TunnelId tunnel = TunnelId.New();
    private byte keys;

    protected TunnelAuthorityStoreTests(StorageBackend backend)
    {
        store = new(backend);
        authorities = new TunnelAuthorityStore(store.Store.Database);
    }

    public sealed class OnSqlite() : TunnelAuthorityStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : TunnelAuthorityStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task Insert_ThenFind_GivesTheSame()
    {
        var authority = New();

        await CommitAsync(authorities.Insert(authority, Limit));

        var found = (await authorities.FindAsync(authority.Id.Value, Cancellation)).ShouldNotBeNull();
        found.Name.ShouldBe(authority.Name);
        found.PublicKey.ShouldBe(authority.PublicKey);
        found.SealedKey.ShouldBe(authority.SealedKey);
        found.State.ShouldBe(authority.State);
        found.CreatedAt.ShouldBe(authority.CreatedAt);
        (await authorities.FindAsync("unknown", Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Insert_BeyondTheLimitOfUnfinishedOnes_Conflicts()
    {
        var first = New();
        await CommitAsync(authorities.Insert(first, Limit));
        await CommitAsync(authorities.Insert(New(), Limit));

        var refused = await store.CommitAsync(new Decision { Statements = [authorities.Insert(New(), Limit)] });

        refused.Refusal!.Code.ShouldBe(TunnelErrors.CertificateLimit);
        await CommitAsync(authorities.Insert(New() with { TunnelId = TunnelId.New() }, Limit));
        await CommitAsync(authorities.Update(first with { State = AuthorityState.Staged }, first.State));
        await CommitAsync(authorities.Insert(New(), Limit));
    }

    // The sealing key may have been rotated since the record was read.
    [Fact]
    public async Task Update_SealedKeyThatWasReadEarlier_IsNotWrittenBack()
    {
        var draft = New() with { State = AuthorityState.Draft, SealedKey = null };
        await CommitAsync(authorities.Insert(draft, Limit));
        var ready = draft with { State = AuthorityState.KeyReady, SealedKey = [7] };
        await CommitAsync(authorities.Update(ready, AuthorityState.Draft));
        (await SealedKeyAsync()).ShouldBe([7]);

        await CommitAsync(authorities.Update(ready with { SealedKey = [6] }, AuthorityState.KeyReady));
        (await SealedKeyAsync()).ShouldBe([7]);

        await CommitAsync(authorities.Update(ready with { SealedKey = null }, AuthorityState.KeyReady));
        (await SealedKeyAsync()).ShouldBeNull();

        await CommitAsync(authorities.Update(ready, AuthorityState.KeyReady));
        (await SealedKeyAsync()).ShouldBeNull();
        return;

        async Task<byte[]?> SealedKeyAsync() =>
            (await authorities.FindAsync(draft.Id.Value, Cancellation)).ShouldNotBeNull().SealedKey;
    }

    [Fact]
    public async Task Update_OtherStateThanExpected_Conflicts()
    {
        var authority = New();
        await CommitAsync(authorities.Insert(authority, Limit));

        var refused = await store.CommitAsync(
            new Decision
            {
                Statements =
                [
                    authorities.Update(authority with { State = AuthorityState.Active }, AuthorityState.Verified),
                ],
            }
        );

        refused.Refusal!.Code.ShouldBe(AuthorityErrors.State);
    }

    [Fact]
    public async Task Update_SecondActiveOfATunnel_Conflicts()
    {
        var (first, second) = (New(), New());
        await CommitAsync(authorities.Insert(first, Limit));
        await CommitAsync(authorities.Insert(second, Limit));
        await CommitAsync(authorities.Update(first with { State = AuthorityState.Active }, first.State));

        var refused = await store.CommitAsync(
            new Decision
            {
                Statements = [authorities.Update(second with { State = AuthorityState.Active }, second.State)],
            }
        );

        refused.Refusal!.Code.ShouldBe(AuthorityErrors.State);
        (await authorities.FindActiveAsync(tunnel, Cancellation))!.Id.ShouldBe(first.Id);
    }

    [Fact]
    public async Task List_Filters_AndRunsFromTheNewestDown()
    {
        var (first, second) = (New(), New());
        await CommitAsync(authorities.Insert(first, Limit));
        await CommitAsync(authorities.Insert(second, Limit));
        var all = new PageRequest(10, long.MaxValue, IncludeArchived: false);

        var listed = await authorities.ListAsync("org", null, null, all, Cancellation);

        listed.Select(a => a.Id).ShouldBe([second.Id, first.Id]);
        (await authorities.ListAsync("org", "other", null, all, Cancellation)).ShouldBeEmpty();
        (await authorities.ListAsync("org", null, tunnel.Value, all, Cancellation)).Count.ShouldBe(2);
        (await authorities.ListAsync("other", null, null, all, Cancellation)).ShouldBeEmpty();
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TunnelAuthority New() =>
        new()
        {
            Id = CertificateAuthorityId.New(),
            OrganizationId = "org",
            WorkspaceId = "workspace",
            TunnelId = tunnel,
            Name = "authority",
            State = AuthorityState.CsrIssued,
            PublicKey = [1, 2, ++keys],
            SealedKey = [3, 0, 255],
            CsrPem = "csr",
            CreatedAt = store.Time.GetUtcNow(),
        };

    private async Task CommitAsync(Statement statement) =>
        (await store.CommitAsync(new Decision { Statements = [statement] })).IsCommitted.ShouldBeTrue();
}
