using Culvert.Ca.Certificates;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.PlatformAuthorities;

/// <summary>The contracts of <see cref="PlatformAuthorityStore"/> and <see cref="PlatformHolderStore"/>.</summary>
public abstract class PlatformAuthorityStoreTests(StorageBackend backend)
{
    public sealed class OnSqlite() : PlatformAuthorityStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : PlatformAuthorityStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task Read_GivesWhatWasWritten_AndTheNewestIssuingOfARoot()
    {
        using var store = new StoreUnderTest(backend);
        var pki = new TestPki();
        var authorities = new PlatformAuthorityStore(store.Store.Database);
        var empty = await authorities.ReadAsync(Cancellation);
        (empty.Epoch, empty.Authorities.Count, empty.Links.Count).ShouldBe((1, 0, 0));
        var root = New(store, PlatformTier.Root, pki);
        var issuing = New(store, PlatformTier.Issuing, pki) with { RootId = root.Id.Value };
        await store.CommitAsync(new Decision { Statements = [authorities.Insert(root), authorities.Insert(issuing)] });

        var read = new PlatformRoots(await authorities.ReadAsync(Cancellation));

        read.Active.ShouldNotBeNull().Id.ShouldBe(root.Id);
        var found = read.FindIssuing(read.Active).ShouldNotBeNull();
        found.Id.ShouldBe(issuing.Id);
        found.SealedKey.ShouldBe(issuing.SealedKey);
        found.Certificate.Fingerprint.ShouldBe(issuing.Certificate.Fingerprint);
    }

    [Fact]
    public async Task Roots_OneActiveAndOneStaged_AndEachStepOnce()
    {
        using var store = new StoreUnderTest(backend);
        var pki = new TestPki();
        var authorities = new PlatformAuthorityStore(store.Store.Database);
        var first = New(store, PlatformTier.Root, pki);
        var second = New(store, PlatformTier.Root, pki) with { State = RootState.Staged, AddedEpoch = 2 };
        var link = new PlatformLink(second.Id.Value, first.Id.Value, first.Certificate);
        await store.CommitAsync(new Decision { Statements = [authorities.Insert(first)] });
        Statement[] staging = [authorities.RaiseEpoch(1), authorities.Insert(second), authorities.Insert(link)];
        await store.CommitAsync(new Decision { Statements = staging });

        // Another node decided upon the same epoch, or made a second one.
        await RefusesAsync(authorities.RaiseEpoch(1));
        await RefusesAsync(
            authorities.Insert(New(store, PlatformTier.Root, pki) with { State = RootState.Staged, AddedEpoch = 3 })
        );
        await RefusesAsync(authorities.Move(second with { State = RootState.Active }, RootState.Staged));
        await store.CommitAsync(
            new Decision
            {
                Statements =
                [
                    authorities.Move(first with { State = RootState.Retiring }, RootState.Active),
                    authorities.Move(second with { State = RootState.Active }, RootState.Staged),
                ],
            }
        );
        await RefusesAsync(authorities.Move(second with { State = RootState.Retired }, RootState.Staged));

        var read = await authorities.ReadAsync(Cancellation);
        read.Epoch.ShouldBe(2);
        var roots = new PlatformRoots(read);
        roots.Trusted.Select(root => root.Id).ShouldBe([second.Id, first.Id]);
        roots.LinksFrom(roots.Active!, store.Time.GetUtcNow()).Single().IssuerId.ShouldBe(first.Id.Value);

        await store.CommitAsync(new Decision { Statements = [authorities.DestroyKeys(first.Id.Value)] });
        new PlatformRoots(await authorities.ReadAsync(Cancellation)).Find(first.Id.Value)!.SealedKey.ShouldBeNull();

        async Task RefusesAsync(Statement statement) =>
            (
                await store.Journal.CommitAsync(new Decision { Statements = [statement] }, Cancellation)
            ).Refusal!.Code.ShouldBe(PlatformRootErrors.State);
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
