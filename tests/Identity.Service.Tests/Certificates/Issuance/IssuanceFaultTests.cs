using System.Globalization;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

/// <summary>
/// Every step at which an issuance touches the disk breaks once, under the real journal: before, within and after each
/// of its two transactions (S12).
/// </summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class IssuanceFaultTests(IssuanceFaultTests.Fixture fixture) : IClassFixture<IssuanceFaultTests.Fixture>
{
    private const string Identity = "spiffe://identity.test/o/x/t/y/agent/z";

    private ServiceUnderTest Service => fixture.Service;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, "Dequeued", null)]
    [InlineData(1, "Begun", null)]
    [InlineData(1, "Written", null)]
    [InlineData(1, "Committed", "intent")]
    [InlineData(2, "Dequeued", "intent")]
    [InlineData(2, "Begun", "intent")]
    [InlineData(2, "Written", "intent")]
    [InlineData(2, "Committed", "issued")]
    public async Task Issue_StoreFailsAtAStep_HandsNothingOutAndRecoversUnaided(int commit, string at, string? recorded)
    {
        var job = Job();

        fixture.Strike.At(commit, Enum.Parse<JournalPoint>(at));
        var failed = await IssueAsync(job);

        failed.Document.ShouldBeNull();
        failed.Refusal.ShouldNotBeNull().Code.Code.ShouldBe("store.unavailable");
        await ProveAsync();
        var left = RowsOf(job);
        left.Select(row => row.Status).ShouldBe(recorded is null ? [] : [recorded]);

        // The sweep while the service runs, a minute later by a clock of its own: what else the service does at its times
        // must not meet a strike.
        var later = new FakeTimeProvider(Service.Time.GetUtcNow() + OrphanSweep.IntentLife + TimeSpan.FromSeconds(1));
        await ActivatorUtilities.CreateInstance<OrphanSweep>(Service.Services, later).RunOldAsync(Cancel);
        RowsOf(job)
            .Select(row => row.Status)
            .ShouldBe(
                recorded == "intent" ? ["void"]
                : recorded is null ? []
                : [recorded]
            );

        // The same request again: the recorded certificate if there is one, else a new one under another serial number.
        var again = (await IssueAsync(job)).Document.ShouldNotBeNull();
        if (recorded == "issued")
        {
            again.Serial.ShouldBe(left.Single().Serial);
        }
        else
        {
            left.ShouldNotContain(row => row.Serial == again.Serial);
        }

        RowsOf(job).Count(row => row.Status == "issued").ShouldBe(1);
    }

    // A disk on which a flush takes long: all requests wait for it together.
    [Fact]
    public async Task Issue_SlowFlush_ManyShareOne()
    {
        const int Many = 64;
        var written = fixture.Strike.Written;
        fixture.Strike.FlushTakes = TimeSpan.FromMilliseconds(5);

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, Many).Select(_ => Task.Run(() => IssueAsync(Job()), Cancel))
        );
        fixture.Strike.FlushTakes = TimeSpan.Zero;

        outcomes.Select(outcome => outcome.Document?.Serial).Distinct().Count().ShouldBe(Many);
        (fixture.Strike.Written - written).ShouldBeLessThan(Many);
    }

    [Fact]
    public async Task Issue_SweptBeforeItWasRecorded_HandsNothingOut()
    {
        var job = Job();
        var journal = new SweepingJournal(Service.Get<IJournal>(), () => Service.Get<OrphanSweep>().RunAsync(Cancel));

        var outcome = await ActivatorUtilities
            .CreateInstance<CertificateIssuer>(Service.Services, journal)
            .IssueAsync(job, Cancel);

        outcome.Document.ShouldBeNull();
        outcome.Refusal.ShouldNotBeNull().Code.Code.ShouldBe("store.unavailable");
        RowsOf(job).Single().Status.ShouldBe("void");
    }

    private Task<IssuanceOutcome> IssueAsync(IssuanceJob job) =>
        ActivatorUtilities
            .CreateInstance<CertificateIssuer>(
                Service.Services,
                new StrikingJournal(Service.Get<IJournal>(), fixture.Strike)
            )
            .IssueAsync(job, Cancel);

    private Task ProveAsync() =>
        Eventually.UntilAsync(
            () => Service.Get<IJournal>().IsHealthy,
            Cancel,
            () => Service.Time.Advance(TimeSpan.FromMilliseconds(100))
        );

    private List<(string Serial, string Status)> RowsOf(IssuanceJob job)
    {
        using var connection = Service.Get<Database>().OpenWrite();
        return
        [
            .. connection.Query<(string, string)>(
                "SELECT serial, status FROM certificates WHERE spki_sha256 = @Sha256",
                new { job.PublicKey.Sha256 }
            ),
        ];
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
            Request = LeafRequest.System with
            {
                Principal = key.PublicKey.Sha256,
                Idempotency = IdempotencyKey.From(key.PublicKey.Sha256, "tests"),
            },
        };
    }

    /// <summary>
    /// Where the disk fails next: at a point of the batch that holds a certain commit of an issuance, whatever else the
    /// service writes before, with or after it.
    /// </summary>
    internal sealed class Strike
    {
        private JournalPoint point;
        private int countdown;
        private volatile Decision? target;

        // Of the batch that is being written; the journal's thread alone.
        private bool isHit;

        public void At(int commit, JournalPoint at)
        {
            point = at;
            countdown = commit;
        }

        /// <summary>An issuance is about to hand its next decision over; its commits come one after another.</summary>
        public void BeforeCommit(Decision decision)
        {
            if (Interlocked.Decrement(ref countdown) == 0)
            {
                target = decision;
            }
        }

        /// <summary>Batches that were passed on to be flushed.</summary>
        public int Written { get; private set; }

        public TimeSpan FlushTakes { get; set; }

        public void Take(IReadOnlyList<PendingDecision> batch) =>
            isHit = target is { } wanted && batch.Any(pending => ReferenceEquals(pending.Decision, wanted));

        public void Reach(JournalPoint reached)
        {
            if (reached == JournalPoint.Written)
            {
                Written++;
                SlowDevice.Operate(FlushTakes);
            }

            if (isHit && reached == point)
            {
                isHit = false;
                target = null;
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"disk at {reached}"));
            }
        }
    }

    /// <summary>A service whose journal meets the strike.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal Strike Strike { get; } = new();

        internal ServiceUnderTest Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Service = await ServiceUnderTest.StartAsync(services =>
                services.AddSingleton(
                    new JournalOptions
                    {
                        DiskReserveBytes = 0,
                        Batch = Strike.Take,
                        Probe = Strike.Reach,
                    }
                )
            );

        public async ValueTask DisposeAsync() => await Service.DisposeAsync();
    }

    private sealed class StrikingJournal(IJournal journal, Strike strike) : IJournal
    {
        public bool IsHealthy => journal.IsHealthy;

        public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
        {
            strike.BeforeCommit(decision);
            return journal.CommitAsync(decision, cancellationToken);
        }
    }

    /// <summary>A sweep comes between the two commits.</summary>
    private sealed class SweepingJournal(IJournal journal, Func<Task> sweep) : IJournal
    {
        public bool IsHealthy => journal.IsHealthy;

        public async ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken)
        {
            var result = await journal.CommitAsync(decision, cancellationToken);
            if (decision.Event?.Name == AuditEvents.CertificateSigning)
            {
                await sweep();
            }

            return result;
        }
    }
}
