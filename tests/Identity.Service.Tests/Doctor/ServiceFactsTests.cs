using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Doctor;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Doctor;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

/// <summary>The facts as the doctor gathers them, while a service runs on the same store.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ServiceFactsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageBackend.Sqlite)]
    [InlineData(StorageBackend.Postgres)]
    public async Task Gather_FreshStore_NothingFails(StorageBackend backend)
    {
        using var store = new StoreUnderTest(backend);
        File.SetUnixFileMode(store.ServiceOptions.StateDirectory, (UnixFileMode)0b111_000_000);

        var findings = ServiceChecks.Run(await ServiceFacts.GatherAsync(store.ServiceOptions, store.Time, Token));

        findings.Where(finding => finding.Status == DoctorStatus.Fail).ShouldBeEmpty();
        findings.Single(finding => finding.Id == "database").Status.ShouldBe(DoctorStatus.Pass);
        findings.Single(finding => finding.Id == "sealing_key").Status.ShouldBe(DoctorStatus.Pass);
        findings.Select(finding => finding.Id).ShouldBe(ServiceChecks.Ids);
    }

    [Fact]
    public async Task Gather_RunningServiceWithKeysInAnHsm_EveryKeyProvesItself()
    {
        SoftHsm.Ensure();
        var settings = new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin);
        await using var bench = await AuthorityBench.StartAsync(options: o => o with { Pkcs11 = settings });
        var id = await bench.ApprovedAsync("pkcs11");
        await bench.Service.Get<RevocationListPublisher>().PublishDueAsync(Token);

        var facts = await ServiceFacts.GatherAsync(bench.Service.Options, bench.Service.Time, Token);

        facts.Hsm!.Keys.ShouldContain(new HsmKeyState("culvert-ca-" + id, id, null));
        new HsmCheck().Run(facts).Status.ShouldBe(DoctorStatus.Pass);
        new ClockCheck().Run(facts).Status.ShouldBe(DoctorStatus.Pass);
        new AuthoritiesCheck().Run(facts).Status.ShouldBe(DoctorStatus.Pass);
    }

    [Fact]
    public async Task Gather_IssuersOfARunningService_AreFetchedAndTheKeptKeysFound()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        (await IssuersAsync(service)).Summary.ShouldStartWith("The keys of 1 of 1 issuers were fetched");
        service.Provider.Script(TestIdentityProvider.DiscoveryPath, HostileAnswers.Status(503));

        var neverFetched = await IssuersAsync(service);

        neverFetched.Status.ShouldBe(DoctorStatus.Fail);
        neverFetched.Evidence.Single().ShouldContain("; it has no keys, and its tokens are refused.");
        service.Provider.Script(TestIdentityProvider.DiscoveryPath, null);
        await service.AccessTokenAsync(rule);
        await service.Service.Get<FederationDirectory>().Current.FindRule(rule)!.Keys.RecordingAsync();
        service.Provider.Script(TestIdentityProvider.DiscoveryPath, HostileAnswers.Status(503));

        var kept = await IssuersAsync(service);

        kept.Status.ShouldBe(DoctorStatus.Warn);
        kept.Evidence.Single().ShouldContain("; its keys of");
        kept.Evidence.Single().ShouldEndWith("answered with status 503.");
    }

    private static async Task<DoctorFinding> IssuersAsync(FederatedService service) =>
        new IssuersCheck().Run(await ServiceFacts.GatherAsync(service.Service.Options, service.Time, Token));

    [Fact]
    public async Task Gather_SealingKeyOfAnotherStore_IsNamedAndTheRestStillTold()
    {
        using var store = new StoreUnderTest();
        var other = Path.Combine(store.ServiceOptions.StateDirectory, "other.key");
        SealingKeyFile.Ensure(other);
        var options = store.ServiceOptions with { SealingKey = new(other, () => SealingKeyFile.Read(other)) };

        var facts = await ServiceFacts.GatherAsync(options, store.Time, Token);

        new SealingKeyCheck().Run(facts).Status.ShouldBe(DoctorStatus.Fail);
        new DatabaseCheck().Run(facts).Status.ShouldBe(DoctorStatus.Pass);
    }

    [Fact]
    public async Task Gather_NoStore_FailsAtTheDatabaseAlone()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-doctor-").FullName;
        try
        {
            var facts = await ServiceFacts.GatherAsync(
                ServiceUnderTest.OptionsIn(folder, StorageBackend.Sqlite),
                new FakeTimeProvider(),
                Token
            );

            ServiceChecks
                .Run(facts)
                .Where(finding => finding.Status == DoctorStatus.Fail)
                .Select(finding => finding.Id)
                .ShouldBe(["database"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
