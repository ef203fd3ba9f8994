using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation;

/// <summary>What a list holds, and when it must not take the place of the one before it.</summary>
public sealed class RevocationListBuilderTests : IDisposable
{
    private const string Ca = "ca_x";

    private readonly StoreUnderTest store = new();
    private readonly RevocationStore revocations;
    private readonly CertificateStore certificates;
    private readonly RevocationListBuilder builder;
    private readonly RevocationPoint point;
    private readonly SigningAuthority authority;

    public RevocationListBuilderTests()
    {
        revocations = new RevocationStore(store.Store.Database);
        certificates = new CertificateStore(store.Store.Database);
        builder = new RevocationListBuilder(
            revocations,
            new RevocationPoints(revocations, store.ServiceOptions.Identity, new(store.ServiceOptions.Certificates)),
            new(store.ServiceOptions.Certificates),
            new(store.ServiceOptions.Federation),
            store.Time
        );
        point = new RevocationPoint(Ca, 2, "http://lists.test", store.Time.GetUtcNow());
        var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var name = DistinguishedName.FromCommonName("Lists");
        var plan = IssuancePlan.Prepare(
            new IssuanceOrder
            {
                Issuer = Issuer.Self(name, key.PublicKey),
                Profile = CertificateProfile.CreateValid(
                    StandardProfiles.PlatformRoot() with
                    {
                        KeyAlgorithms = [KeyAlgorithms.Name(KeyAlgorithm.EcdsaP256)],
                    }
                ),
                PublicKey = key.PublicKey,
                Subject = name,
                Serial = SerialNumber.Draw(1, store.Time.GetUtcNow()),
                Now = store.Time.GetUtcNow(),
            }
        );
        var certificate = plan.Value.ShouldNotBeNull(plan.Refusal?.Message).Redeem(key).Value!.Certificate;
        authority = new SigningAuthority
        {
            CaId = Ca,
            Issuer = Issuer.FromChain([certificate]),
            Key = key,
            ChainPem = "",
        };
    }

    [Fact]
    public async Task Build_Revocations_FillTheirShardAlone()
    {
        await CommitAsync([.. revocations.InsertPoint(point)]);
        var zero = await RevokedAsync("0100000000000000000000000000000000a0", TimeSpan.FromDays(2));
        var one = await RevokedAsync("0100000000000000000000000000000000a1", TimeSpan.FromDays(2));

        (await SerialsAsync(0)).ShouldBe([zero.Serial]);
        (await SerialsAsync(1)).ShouldBe([one.Serial]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Build_ExpiredEntry_StaysOnePeriodBeyondItsEnd()
    {
        await CommitAsync([.. revocations.InsertPoint(point)]);
        var revoked = await RevokedAsync("0100000000000000000000000000000000a0", TimeSpan.FromHours(1));
        await PublishAsync();

        store.Time.Advance(TimeSpan.FromHours(24));
        (await SerialsAsync(0)).ShouldBe([revoked.Serial]);
        await PublishAsync();
        store.Time.Advance(TimeSpan.FromHours(2));
        (await SerialsAsync(0)).ShouldBeEmpty();
    }

    // However long nothing could be published, an entry is on one list made after its certificate's end.
    [Fact]
    public async Task Build_AfterALongOutage_StillListsWhatEndedMeanwhile()
    {
        await CommitAsync([.. revocations.InsertPoint(point)]);
        var revoked = await RevokedAsync("0100000000000000000000000000000000a0", TimeSpan.FromHours(1));
        await PublishAsync();

        store.Time.Advance(TimeSpan.FromDays(9));

        (await SerialsAsync(0)).ShouldBe([revoked.Serial]);
    }

    [Fact]
    public async Task Build_UnexpiredEntryLost_IsHeldBack()
    {
        await CommitAsync([.. revocations.InsertPoint(point)]);
        await RevokedAsync("0100000000000000000000000000000000a0", TimeSpan.FromDays(2));
        await PublishAsync();
        store.Sql("UPDATE certificates SET revoked_at_ms = NULL, revocation_reason = NULL");
        store.Time.Advance(TimeSpan.FromMinutes(1));

        (await BuildAsync(0)).Refusal!.Code.ShouldBe(CaErrorCodes.CrlEntryVanished);
    }

    [Fact]
    public async Task Build_ClockBehindThePresentList_IsHeldBack()
    {
        await CommitAsync([.. revocations.InsertPoint(point)]);
        await PublishAsync();
        store.Sql("UPDATE revocation_lists SET number = 1");
        store.Time.StepWallClock(TimeSpan.FromHours(-1));

        (await BuildAsync(0)).Refusal!.Code.ShouldBe(CaErrorCodes.CrlNumberBackwards);
    }

    // The clocks of two nodes may differ a little: one node continues where the other was.
    [Fact]
    public async Task Build_ClockALittleBehind_IsNoOlderThanThePresentListAndItsEntries()
    {
        await CommitAsync([.. revocations.InsertPoint(point)]);
        await PublishAsync();
        store.Time.Advance(TimeSpan.FromSeconds(1));
        var revoked = await RevokedAsync("0100000000000000000000000000000000a0", TimeSpan.FromDays(2));
        var revokedAt = DateTimeOffset.FromUnixTimeSeconds(store.Time.GetUtcNow().ToUnixTimeSeconds());
        store.Time.StepWallClock(TimeSpan.FromSeconds(-3));

        var built = await BuildAsync(0);

        built.Succeeded.ShouldBeTrue(built.Refusal?.Message);
        built.Value.ThisUpdate.ShouldBe(revokedAt);
        (built.Value.NextUpdate - revokedAt).ShouldBe(store.ServiceOptions.Certificates.RevocationListLife);
        ParsedRevocationList.TryParse(built.Value.List)!.Entries.Single().SerialHex.ShouldBe(revoked.Serial);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Publish_ByTwoNodes_OneList()
    {
        await CommitAsync([.. revocations.InsertPoint(point)]);
        var present = (await revocations.FindListAsync(Ca, 0, TestContext.Current.CancellationToken))!;
        var list = (await BuildAsync(0)).Value!;

        (await CommitAsync(revocations.Publish(list, present.Number))).IsCommitted.ShouldBeTrue();
        (await CommitAsync(revocations.Publish(list, present.Number))).IsStale.ShouldBeTrue();
    }

    [Fact]
    public async Task InsertPoint_Twice_KeepsTheFirstDivision()
    {
        await CommitAsync([.. revocations.InsertPoint(point)]);
        await CommitAsync([.. revocations.InsertPoint(point with { Shards = 4, BaseUrl = "http://other.test" })]);

        var stored = await revocations.FindPointAsync(Ca, TestContext.Current.CancellationToken);
        stored!.Shards.ShouldBe(2);
        stored.GetAddress(1).ShouldBe("http://lists.test/v1/crl/ca_x/1.crl");
        store.Scalar<long>("SELECT COUNT(*) FROM revocation_lists").ShouldBe(2);
    }

    public void Dispose()
    {
        authority.Key.Dispose();
        store.Dispose();
    }

    private async Task<CaResult<StoredRevocationList>> BuildAsync(int shard)
    {
        var present = await revocations.FindListAsync(Ca, shard, TestContext.Current.CancellationToken);
        return await builder.BuildAsync(point, present!, authority, TestContext.Current.CancellationToken);
    }

    private async Task PublishAsync()
    {
        foreach (var shard in new[] { 0, 1 })
        {
            var present = (await revocations.FindListAsync(Ca, shard, TestContext.Current.CancellationToken))!;
            var next = await BuildAsync(shard);
            next.Succeeded.ShouldBeTrue(next.Refusal?.Message);
            (await CommitAsync(revocations.Publish(next.Value, present.Number))).IsCommitted.ShouldBeTrue();
        }
    }

    private async Task<IEnumerable<string>> SerialsAsync(int shard)
    {
        var built = await BuildAsync(shard);
        built.Succeeded.ShouldBeTrue(built.Refusal?.Message);
        return ParsedRevocationList.TryParse(built.Value.List)!.Entries.Select(entry => entry.SerialHex);
    }

    private async Task<CertificateRecord> RevokedAsync(string serial, TimeSpan life)
    {
        var record = new CertificateRecord
        {
            Id = CertificateId.New(),
            Serial = serial,
            Kind = CertificateKind.Server,
            Status = CertificateStatus.Intent,
            CaId = Ca,
            Identity = "x.tunnel.test",
            IssuedAt = store.Time.GetUtcNow(),
            NotBefore = store.Time.GetUtcNow(),
            NotAfter = store.Time.GetUtcNow() + life,
        };
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        await CommitAsync(certificates.InsertIntent(record, key.PublicKey));
        await CommitAsync([
            .. revocations.Revoke(
                record,
                RevocationReason.Superseded,
                RevocationShards.GetShard(serial, point.Shards),
                store.Time.GetStoreNow()
            ),
        ]);
        return record;
    }

    private Task<CommitResult> CommitAsync(params Statement[] statements) =>
        store.CommitAsync(store.Decide(null, statements));
}
