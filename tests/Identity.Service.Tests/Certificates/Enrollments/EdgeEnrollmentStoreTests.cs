using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels.Machines;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Enrollments;

/// <summary>The contract of <see cref="EdgeEnrollmentStore"/>.</summary>
public abstract class EdgeEnrollmentStoreTests : IDisposable
{
    private readonly StoreUnderTest store;
    private readonly EdgeEnrollmentStore enrollments;

    protected EdgeEnrollmentStoreTests(StorageBackend backend)
    {
        store = new(backend);
        enrollments = new EdgeEnrollmentStore(store.Store.Database);
    }

    public sealed class OnSqlite() : EdgeEnrollmentStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : EdgeEnrollmentStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task Find_NeverProved_IsNull() =>
        (await enrollments.FindAsync(EdgeId.New(), Cancellation)).ShouldBeNull();

    [Fact]
    public async Task Prove_ThenFind_GivesTheSame()
    {
        var enrollment = New();

        await CommitAsync(enrollments.Prove(enrollment));

        (await enrollments.FindAsync(enrollment.EdgeId, Cancellation)).ShouldBe(enrollment);
    }

    [Fact]
    public async Task Prove_Again_TakesTheNewProofAndNeverShortensTheEnd()
    {
        var first = New();
        await CommitAsync(enrollments.Prove(first));
        store.Time.Advance(TimeSpan.FromMinutes(10));
        var again = first with
        {
            Proof = first.Proof with { TokenId = "token-2", RuleVersion = 2 },
            LastProofAt = store.Time.GetUtcNow(),
            CertificateNotAfter = first.CertificateNotAfter - TimeSpan.FromMinutes(30),
        };

        await CommitAsync(enrollments.Prove(again));

        (await enrollments.FindAsync(first.EdgeId, Cancellation)).ShouldBe(
            again with
            {
                CertificateNotAfter = first.CertificateNotAfter,
            }
        );
    }

    [Fact]
    public async Task ListUnexpired_EndOfTheCertificate_CountsItsLastSecond()
    {
        var enrollment = New();
        await CommitAsync(enrollments.Prove(enrollment));
        await CommitAsync(enrollments.Certified(enrollment.EdgeId.Value, "01aa", enrollment.CertificateNotAfter));

        (await enrollments.ListUnexpiredAsync(enrollment.CertificateNotAfter, Cancellation)).Count.ShouldBe(1);
        var later = enrollment.CertificateNotAfter + TimeSpan.FromSeconds(1);
        (await enrollments.ListUnexpiredAsync(later, Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ListSerials_OfNobodyAndOfUnknownEdges_IsEmpty()
    {
        (await enrollments.ListSerialsAsync([], store.Time.GetUtcNow(), Cancellation)).ShouldBeEmpty();
        (await enrollments.ListSerialsAsync(["a", "b"], store.Time.GetUtcNow(), Cancellation)).ShouldBeEmpty();
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EdgeEnrollmentState New() =>
        new()
        {
            EdgeId = EdgeId.New(),
            OrganizationId = "org",
            Proof = new EnrollmentProof
            {
                Method = EnrollmentMethod.Federation,
                Principal = "issuer|subject",
                IssuerId = "issuer",
                RuleId = "rule",
                RuleVersion = 1,
                ServiceAccountId = "account",
                TokenId = "token-1",
            },
            LastProofAt = store.Time.GetUtcNow(),
            CertificateNotAfter = store.Time.GetUtcNow() + TimeSpan.FromHours(1),
        };

    private async Task CommitAsync(Statement statement) =>
        (await store.CommitAsync(new Decision { Statements = [statement] })).IsCommitted.ShouldBeTrue();
}
