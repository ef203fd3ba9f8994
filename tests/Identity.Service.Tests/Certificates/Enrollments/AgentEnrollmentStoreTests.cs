using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Enrollments;

/// <summary>The contract of <see cref="AgentEnrollmentStore"/>.</summary>
public abstract class AgentEnrollmentStoreTests : IDisposable
{
    private static readonly AgentOptions Options = new() { InstancesPerTunnel = 2 };

    private readonly StoreUnderTest store;
    private readonly AgentEnrollmentStore enrollments;
    private readonly TunnelId tunnel = TunnelId.New();

    protected AgentEnrollmentStoreTests(StorageBackend backend)
    {
        store = new(backend);
        enrollments = new AgentEnrollmentStore(store.Store.Database);
    }

    public sealed class OnSqlite() : AgentEnrollmentStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : AgentEnrollmentStoreTests(StorageBackend.Postgres);

    [Fact]
    public async Task Insert_ThenFind_GivesTheSameEnrolment()
    {
        var enrollment = New("one");
        await InsertAsync(enrollment);

        (await enrollments.FindLiveAsync(tunnel, "one", TestContext.Current.CancellationToken)).ShouldBe(enrollment);
        (await enrollments.FindAsync(enrollment.Id.Value, TestContext.Current.CancellationToken)).ShouldBe(enrollment);
    }

    [Fact]
    public async Task Insert_SameInstanceAtTheSameTime_OneWins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => InsertAsync(New("one"))));

        results.Count(result => result.IsCommitted).ShouldBe(1);
        results
            .Where(result => !result.IsCommitted)
            .ShouldAllBe(result => result.Refusal!.Code == EnrollmentErrors.InstanceTaken);
    }

    [Fact]
    public async Task Insert_BeyondTheLimitOfLiveInstances_Conflicts()
    {
        await InsertAsync(New("one"));
        await InsertAsync(New("two"));

        (await InsertAsync(New("three"))).Refusal!.Code.ShouldBe(EnrollmentErrors.InstanceLimit);
        store.Time.Advance(TimeSpan.FromHours(2));
        (await InsertAsync(New("three"))).IsCommitted.ShouldBeTrue();
    }

    [Fact]
    public async Task Insert_AfterRevocation_MakesANewRowOfTheSameInstance()
    {
        var first = New("one");
        await InsertAsync(first);
        await CommitAsync([enrollments.Revoke(first.Id, store.Time.GetUtcNow())]);

        (await InsertAsync(New("one"))).IsCommitted.ShouldBeTrue();

        (await enrollments.ListAsync(tunnel, TestContext.Current.CancellationToken)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Prove_Revoked_Conflicts()
    {
        var enrollment = New("one");
        await InsertAsync(enrollment);
        await CommitAsync([enrollments.Revoke(enrollment.Id, store.Time.GetUtcNow())]);

        (await CommitAsync(enrollments.Prove(enrollment, Options))).Refusal!.Code.ShouldBe(
            EnrollmentErrors.RenewalUnknown
        );
    }

    [Fact]
    public async Task ListUnexpired_EndOfTheCertificate_CountsItsLastSecond()
    {
        var enrollment = New("one");
        await InsertAsync(enrollment);
        var end = enrollment.CertificateNotAfter;

        (await enrollments.ListUnexpiredAsync(end, TestContext.Current.CancellationToken)).Count.ShouldBe(1);
        (
            await enrollments.ListUnexpiredAsync(end.AddSeconds(1), TestContext.Current.CancellationToken)
        ).ShouldBeEmpty();
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private AgentEnrollmentState New(string instance) =>
        new()
        {
            Id = AgentId.New(),
            TunnelId = tunnel,
            OrganizationId = "organization",
            WorkspaceId = "workspace",
            InstanceId = instance,
            Proof = new EnrollmentProof
            {
                Method = EnrollmentMethod.Federation,
                Principal = "issuer|subject",
                IssuerId = "issuer",
                RuleId = "rule",
                RuleVersion = 1,
                ServiceAccountId = "account",
                TokenId = "token",
            },
            CreatedAt = store.Time.GetUtcNow(),
            LastProofAt = store.Time.GetUtcNow(),
            CertificateNotAfter = store.Time.GetUtcNow().AddHours(1),
        };

    private Task<CommitResult> InsertAsync(AgentEnrollmentState enrollment) =>
        CommitAsync(enrollments.Insert(enrollment, Options));

    private Task<CommitResult> CommitAsync(IReadOnlyList<Statement> statements) =>
        store.CommitAsync(store.Decide(null, [.. statements]));
}
