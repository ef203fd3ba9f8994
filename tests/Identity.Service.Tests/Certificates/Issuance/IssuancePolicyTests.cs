using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

/// <summary>
/// The steps between a granted job and its certificate: keys, limits, the queue, the signer, the clock.
/// </summary>
public sealed class IssuancePolicyTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IDisposable
{
    private const string Identity = "spiffe://identity.test/o/x/t/y/agent/z";

    private readonly List<IDisposable> owned = [];

    private ServiceUnderTest Service => fixture.Service;

    [Fact]
    public async Task Issue_KeyOfThePlatformAuthority_IsRefused()
    {
        var platform = Service.Get<PlatformCa>();

        (await CodeAsync(Issuer(), Job() with { PublicKey = platform.Root.PublicKey! })).ShouldBe("key.is_ca_key");
        (await CodeAsync(Issuer(), Job() with { PublicKey = platform.Issuing.Issuer.PublicKey })).ShouldBe(
            "key.is_ca_key"
        );
    }

    // Row 28.
    [Theory]
    [InlineData("certificates_per_identity")]
    [InlineData("certificates_per_tunnel")]
    [InlineData("certificates_per_authority")]
    public async Task Issue_BeyondALimit_SaysWhichAndWhen(string limit)
    {
        var few = new RateLimit(2, TimeSpan.FromMinutes(1));
        var options = Service.Options.Limits;
        options = limit switch
        {
            "certificates_per_identity" => options with { CertificatesPerIdentity = few },
            "certificates_per_tunnel" => options with { CertificatesPerTunnel = few },
            _ => options with { CertificatesPerAuthority = few },
        };
        var issuer = Issuer(new IssuanceLimits(new SharedLimits(new(options), Service.Time, LimitShares.Alone)));
        IssuanceJob AnyJob()
        {
            var job = Job();
            var enrollmentId = limit == "certificates_per_identity" ? "agt_one" : null;
            return job with { Request = job.Request with { EnrollmentId = enrollmentId } };
        }
        (await issuer.IssueAsync(AnyJob(), Cancel)).Document.ShouldNotBeNull();
        (await issuer.IssueAsync(AnyJob(), Cancel)).Document.ShouldNotBeNull();

        var refusal = (await issuer.IssueAsync(AnyJob(), Cancel)).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(IssuanceErrors.Limit);
        refusal.Code.Status.ShouldBe(429);
        refusal.Details.Single().Value!.GetValue<string>().ShouldBe(limit);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Issue_QueueFull_IsRefusedBeforeASerialNumberIsUsed()
    {
        using var queue = new SigningQueue(new(Service.Options.Limits with { SigningQueue = 1 }), Service.Time);
        var issuer = Issuer(queue);
        queue.TryEnter().ShouldBeNull();
        var before = Count("1 = 1");

        var refusal = (await issuer.IssueAsync(Job(), Cancel)).Refusal.ShouldNotBeNull();

        refusal.Code.Code.ShouldBe("signer.busy");
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        Count("1 = 1").ShouldBe(before);
        queue.Release();
        (await issuer.IssueAsync(Job(), Cancel)).Document.ShouldNotBeNull();
    }

    // Row 25.
    [Theory]
    [InlineData("throws", 503, "signer.unavailable")]
    [InlineData("lies", 500, "signer.bad_signature")]
    public async Task Issue_SignerThatFails_VoidsTheIntent(string how, int status, string code)
    {
        var job = Job() with
        {
            Authority = Misbehaving(hash => how == "throws" ? throw new CryptographicException() : [.. hash.Reverse()]),
        };

        var refusal = (await Issuer().IssueAsync(job, Cancel)).Refusal.ShouldNotBeNull();

        refusal.Code.Code.ShouldBe(code);
        refusal.Code.Status.ShouldBe(status);
        Count($"status = 'void' AND spki_sha256 = '{job.PublicKey.Sha256}'").ShouldBe(1);
        Count("status = 'intent'").ShouldBe(0);
        (await Issuer().IssueAsync(job with { Authority = Job().Authority }, Cancel)).Document.ShouldNotBeNull();
    }

    [Fact]
    public async Task Issue_SignerThatHangs_IsGivenUpAndItsLateAnswerIsLost()
    {
        var clock = new FakeTimeProvider(Service.Time.GetUtcNow());
        using var reached = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var job = Job() with
        {
            Authority = Misbehaving(hash =>
            {
                reached.Set();
                released.Wait(Cancel);
                return hash;
            }),
        };
        using var queue = new SigningQueue(new(Service.Options.Limits), clock);

        var issuing = Issuer(queue).IssueAsync(job, Cancel);
        await Task.Run(() => reached.Wait(Cancel), Cancel);
        await Eventually.UntilAsync(() => clock.PendingTimers > 0, Cancel);

        clock.Advance(SigningQueue.SignerTimeout);
        var refusal = (await issuing).Refusal.ShouldNotBeNull();
        released.Set();

        refusal.Code.Code.ShouldBe("signer.unavailable");
        refusal.RetryAfter.ShouldNotBeNull();
        Count($"status = 'void' AND spki_sha256 = '{job.PublicKey.Sha256}'").ShouldBe(1);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Issue_GivenUpWhileItWaits_IsNotSignedLater()
    {
        const int AtOnce = 4;
        var clock = new FakeTimeProvider(Service.Time.GetUtcNow());
        using var released = new ManualResetEventSlim();
        var signed = 0;
        var authority = Misbehaving(hash =>
        {
            Interlocked.Increment(ref signed);
            released.Wait(Cancel);
            return hash;
        });
        using var queue = new SigningQueue(new(Service.Options.Limits), clock);
        var issuer = Issuer(queue);

        var issuing = Enumerable
            .Range(0, AtOnce + 1)
            .Select(_ => issuer.IssueAsync(Job() with { Authority = authority }, Cancel))
            .ToList();
        await Eventually.UntilAsync(
            () => clock.PendingTimers >= issuing.Count && Volatile.Read(ref signed) >= AtOnce,
            Cancel
        );

        clock.Advance(SigningQueue.SignerTimeout);
        foreach (var outcome in await Task.WhenAll(issuing))
        {
            outcome.Refusal.ShouldNotBeNull().Code.Code.ShouldBe("signer.unavailable");
        }

        // It would come before the next one.
        released.Set();
        (await issuer.IssueAsync(Job() with { Authority = authority }, Cancel)).Document.ShouldNotBeNull();
        signed.ShouldBe(AtOnce + 1);
    }

    // Row 27.
    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Issue_SerialNumbersTaken_IsTriedThreeTimes(int taken, bool issued)
    {
        var journal = new CollidingJournal(Service.Get<IJournal>(), taken);

        var outcome = await Issuer(journal).IssueAsync(Job(), Cancel);

        (outcome.Document is not null).ShouldBe(issued);
        (outcome.Refusal?.Code.Code).ShouldBe(issued ? null : "store.unavailable");
    }

    // Row 26: names of our own making can be wrong, too.
    [Fact]
    public async Task Issue_LintThatFails_LeavesNoTrace()
    {
        var before = Count("1 = 1");
        var job = Job() with
        {
            Names = new GrantedNames { Uris = [Identity], Dns = ["a_b.example"] },
        };

        (
            await CodeAsync(
                Issuer(),
                job with
                {
                    Profile = Service.Get<Derived<CertificateOptions, CertificateProfiles>>().Value.Edge,
                }
            )
        ).ShouldBe("lint.failed");
        Count("1 = 1").ShouldBe(before);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => owned.ForEach(one => one.Dispose());

    private static async Task<string?> CodeAsync(CertificateIssuer issuer, IssuanceJob job) =>
        (await issuer.IssueAsync(job, Cancel)).Refusal?.Code.Code;

    private CertificateIssuer Issuer(params object[] instead) =>
        ActivatorUtilities.CreateInstance<CertificateIssuer>(Service.Services, instead);

    private long Count(string condition)
    {
        using var connection = Service.Get<Database>().OpenWrite();
        return connection.ExecuteScalar<long>("SELECT COUNT(*) FROM certificates WHERE " + condition);
    }

    // The platform's issuing authority, with its key in a device that does what a test says.
    private SigningAuthority Misbehaving(Func<byte[], byte[]> distort)
    {
        var authority = Service.Get<PlatformCa>().Issuing;
        var key = IssuerKey.Remote(new ScriptedSigner((ECDsa)authority.Key.OpenForTls(), distort));
        owned.Add(key);
        return authority with { Key = key };
    }

    private IssuanceJob Job()
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        return new IssuanceJob
        {
            Kind = CertificateKind.Agent,
            Authority = Service.Get<PlatformCa>().Issuing,
            Profile = Service.Get<Derived<CertificateOptions, CertificateProfiles>>().Value.Agent,
            PublicKey = key.PublicKey,
            Names = new GrantedNames { Uris = [Identity] },
            Identity = Identity,
            Request = LeafRequest.System with { Principal = key.PublicKey.Sha256, TunnelId = "tnl_y" },
        };
    }

    /// <summary>Says of the first intents that their serial number exists.</summary>
    private sealed class CollidingJournal(IJournal journal, int times) : IJournal
    {
        private int left = times;

        public bool IsHealthy => journal.IsHealthy;

        public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken) =>
            Interlocked.Decrement(ref left) >= 0
                ? new(new CommitResult { Outcome = CommitOutcome.Stale })
                : journal.CommitAsync(decision, cancellationToken);
    }
}
