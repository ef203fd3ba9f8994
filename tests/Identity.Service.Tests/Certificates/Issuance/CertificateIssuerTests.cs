using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Wire;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

/// <summary>S12: every commit of an issuance is broken in turn.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class CertificateIssuerTests
{
    private static readonly CertificateFilter Everything = new("", null, WithInstallation: true, null, null);

    [Fact]
    public async Task Issue_HealthyStore_RecordsIntentThenCertificate()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var outcome = await IssueAsync(service, breakAt: 0);

        var document = outcome.Document.ShouldNotBeNull();
        var record = (await NewestAsync(service)).ShouldNotBeNull();
        record.Serial.ShouldBe(document.Serial);
        record.Status.ShouldBe(CertificateStatus.Issued);
        record.Fingerprint.ShouldBe(FingerprintOf(document));
        document.NotAfter.ShouldBe(service.Time.GetUtcNow().AddHours(1).AddSeconds(-1));
    }

    [Fact]
    public async Task Issue_FirstCommitFails_NothingIsSignedOrRecorded()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var before = await NewestAsync(service);

        var outcome = await IssueAsync(service, breakAt: 1);

        outcome.Refusal.ShouldNotBeNull().Code.Code.ShouldBe("store.unavailable");
        outcome.Document.ShouldBeNull();
        (await NewestAsync(service)).ShouldBe(before);
    }

    [Fact]
    public async Task Issue_SecondCommitFails_NoCertificateLeavesAndTheIntentRemains()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        var outcome = await IssueAsync(service, breakAt: 2);

        outcome.Refusal.ShouldNotBeNull().Code.Code.ShouldBe("store.unavailable");
        outcome.Document.ShouldBeNull();
        (await NewestAsync(service)).ShouldNotBeNull().Status.ShouldBe(CertificateStatus.Intent);
    }

    [Fact]
    public async Task Sweep_IntentWithoutCertificate_IsVoidedAndAudited()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await IssueAsync(service, breakAt: 2);
        var orphan = (await NewestAsync(service)).ShouldNotBeNull();

        await service.Get<OrphanSweep>().RunAsync(TestContext.Current.CancellationToken);

        (await NewestAsync(service)).ShouldNotBeNull().ShouldBe(orphan with { Status = CertificateStatus.Void });
        (
            await service.Get<CertificateStore>().ListIntentsAsync("01", TestContext.Current.CancellationToken)
        ).ShouldBeEmpty();
    }

    [Fact]
    public async Task Sweep_IntentOfAnotherNode_IsLeftAlone()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await IssueAsync(service, breakAt: 2, nodeId: 2);

        await service.Get<OrphanSweep>().RunAsync(TestContext.Current.CancellationToken);

        (await NewestAsync(service)).ShouldNotBeNull().Status.ShouldBe(CertificateStatus.Intent);
    }

    [Fact]
    public async Task Issue_CallerGoneAfterTheIntent_StillFinishes()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var gone = new CancellationTokenSource();
        var journal = new CancellingJournal(service.Get<IJournal>(), gone);

        var outcome = await Issuer(service, journal, nodeId: 1).IssueAsync(Job(service), gone.Token);

        outcome.Document.ShouldNotBeNull();
        (await NewestAsync(service)).ShouldNotBeNull().Status.ShouldBe(CertificateStatus.Issued);
    }

    private static async Task<IssuanceOutcome> IssueAsync(ServiceUnderTest service, int breakAt, int nodeId = 1) =>
        await Issuer(service, new BreakingJournal(service.Get<IJournal>(), breakAt), nodeId)
            .IssueAsync(Job(service), TestContext.Current.CancellationToken);

    private static CertificateIssuer Issuer(ServiceUnderTest service, IJournal journal, int nodeId) =>
        ActivatorUtilities.CreateInstance<CertificateIssuer>(
            service.Services,
            journal,
            new StoreNode($"node-{nodeId}", nodeId)
        );

    private static IssuanceJob Job(ServiceUnderTest service)
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        return new IssuanceJob
        {
            Kind = CertificateKind.Agent,
            Authority = service.Get<PlatformCa>().Issuing,
            Profile = CertificateProfile.CreateValid(StandardProfiles.Agent(TimeSpan.FromHours(1))),
            PublicKey = key.PublicKey,
            Names = new GrantedNames { Uris = ["spiffe://identity.test/o/x/t/y/agent/z"] },
            Identity = "spiffe://identity.test/o/x/t/y/agent/z",
            Request = LeafRequest.System,
        };
    }

    private static string FingerprintOf(CertificateDocument document)
    {
        using var certificate = X509Certificate2.CreateFromPem(document.CertificatePem);
        return certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
    }

    private static async Task<CertificateRecord?> NewestAsync(ServiceUnderTest service) =>
        (
            await service
                .Get<CertificateStore>()
                .ListAsync(Everything, long.MaxValue, 1, TestContext.Current.CancellationToken)
        ).SingleOrDefault();

    /// <summary>The caller hangs up as soon as the first commit is durable.</summary>
    private sealed class CancellingJournal(IJournal journal, CancellationTokenSource caller) : IJournal
    {
        public bool IsHealthy => journal.IsHealthy;

        public async ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
        {
            var result = await journal.CommitAsync(decision, cancellationToken);
            await caller.CancelAsync();
            return result;
        }
    }
}
