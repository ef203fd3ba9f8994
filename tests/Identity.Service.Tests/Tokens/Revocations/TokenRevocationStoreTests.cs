using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Revocations;

/// <summary>The contract of <see cref="TokenRevocationStore"/>.</summary>
public abstract class TokenRevocationStoreTests : IDisposable
{
    private const string Organization = "00000000-0000-4000-8000-000000000001";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly StoreUnderTest store;
    private readonly TokenRevocationStore revocations;
    private readonly AgentEnrollmentStore agents;
    private readonly EdgeEnrollmentStore edges;

    protected TokenRevocationStoreTests(StorageBackend backend)
    {
        store = new(backend);
        revocations = new TokenRevocationStore(store.Store.Database);
        agents = new AgentEnrollmentStore(store.Store.Database);
        edges = new EdgeEnrollmentStore(store.Store.Database);
        store.Sql($"INSERT INTO organizations (id, name, created_at_ms) VALUES ('{Organization}', 'o', 0)");
    }

    public sealed class OnSqlite() : TokenRevocationStoreTests(StorageBackend.Sqlite);

    public sealed class OnPostgres() : TokenRevocationStoreTests(StorageBackend.Postgres);

    private DateTimeOffset Now => store.Time.GetStoreNow();

    [Fact]
    public async Task Insert_ThenFind_GivesTheSame()
    {
        var revocation = New(RevocationKind.Rule, "fdrl_1");

        await CommitAsync(revocations.Insert(revocation, Now));

        (await revocations.FindAsync(Organization, revocation.Id.Value, Cancel)).ShouldBe(revocation);
        (await revocations.FindAsync(Organization, RevocationKind.Rule, "fdrl_1", Cancel)).ShouldBe(revocation);
        (await revocations.FindAsync("another", revocation.Id.Value, Cancel)).ShouldBeNull();
        (await revocations.SinceAsync(0, Cancel)).Single().Value.ShouldBe(revocation);
    }

    [Fact]
    public async Task Insert_SameThing_RaisesItAndNumbersItAnew()
    {
        var first = New(RevocationKind.Rule, "fdrl_1");
        await CommitAsync(revocations.Insert(first, Now));
        await CommitAsync(revocations.Insert(New(RevocationKind.Family, "f"), Now));
        var before = (await revocations.SinceAsync(0, Cancel)).Max(row => row.Ordinal);

        await CommitAsync(revocations.Insert(first with { IssuedBefore = first.IssuedBefore + 5 }, Now));
        await CommitAsync(revocations.Insert(first with { IssuedBefore = first.IssuedBefore - 5 }, Now));

        var found = (await revocations.SinceAsync(before + 1, Cancel)).Single().Value;
        found.Id.ShouldBe(first.Id);
        found.IssuedBefore.ShouldBe(first.IssuedBefore + 5);
    }

    [Fact]
    public async Task DeleteEnded_KeepsWhatStillMatters()
    {
        await CommitAsync(revocations.Insert(New(RevocationKind.Rule, "a") with { EndsAt = Now.AddHours(1) }, Now));
        await CommitAsync(revocations.Insert(New(RevocationKind.Rule, "b") with { EndsAt = Now.AddHours(3) }, Now));

        await CommitAsync([revocations.DeleteEnded(Now.AddHours(2))]);

        (await revocations.SinceAsync(0, Cancel)).Single().Value.Value.ShouldBe("b");
    }

    [Theory]
    [InlineData("token", "jti")]
    [InlineData("family", "family")]
    [InlineData("rule", "fdrl_1")]
    [InlineData("rule_version", "fdrl_1:7")]
    [InlineData("principal", "svac_1")]
    [InlineData("issuer", "fdis_1")]
    [InlineData("subject", "fdis_1:hash")]
    [InlineData("issued_before", "")]
    public async Task Insert_EachKind_EndsEnrolmentsThatRestOnIt(string kind, string value)
    {
        var agent = await EnrollAgentAsync(issuedAt: Now);
        var later = await EnrollAgentAsync(issuedAt: Now.AddSeconds(5));
        var edge = await EnrollEdgeAsync(issuedAt: Now);
        var parsed = WireNames.Parse<RevocationKind>(kind);

        await CommitAsync(revocations.Insert(New(parsed, value), Now));

        (await agents.FindAsync(agent.Id.Value, Cancel))!.RevokedAt.ShouldBe(Now);
        // A token and a family are revoked whenever they were issued.
        (await agents.FindAsync(later.Id.Value, Cancel))!.RevokedAt.ShouldBe(parsed.KnowsTime() ? null : Now);
        (await edges.FindAsync(edge.EdgeId, Cancel))!.IsRevoked.ShouldBeTrue();
    }

    [Theory]
    [InlineData("token", "other")]
    [InlineData("rule_version", "fdrl_1:8")]
    [InlineData("subject", "fdis_1:other")]
    [InlineData("subject", "fdis_2:hash")]
    public async Task Insert_OfSomethingElse_EndsNothing(string kind, string value)
    {
        var agent = await EnrollAgentAsync(issuedAt: Now);

        await CommitAsync(revocations.Insert(New(WireNames.Parse<RevocationKind>(kind), value), Now));

        (await agents.FindAsync(agent.Id.Value, Cancel))!.RevokedAt.ShouldBeNull();
    }

    [Fact]
    public async Task CountEnrollments_OfSubject_CountsWhatItsRevocationEnds()
    {
        await EnrollAgentAsync(issuedAt: Now);
        await EnrollAgentAsync(issuedAt: Now.AddSeconds(5));
        await EnrollEdgeAsync(issuedAt: Now);

        (await CountAsync("hash")).ShouldBe(2);
        (await CountAsync("other")).ShouldBe(0);

        await CommitAsync(revocations.Insert(New(RevocationKind.Subject, "fdis_1:hash"), Now));

        (await CountAsync("hash")).ShouldBe(0);

        Task<int> CountAsync(string hash) =>
            revocations.CountEnrollmentsAsync(Organization, "fdis_1", hash, Now.ToUnixTimeSeconds(), Cancel).AsTask();
    }

    [Fact]
    public async Task Edge_ProvenAgain_IsEnrolledAgain()
    {
        var edge = await EnrollEdgeAsync(issuedAt: Now);
        await CommitAsync(revocations.Insert(New(RevocationKind.Rule, "fdrl_1"), Now));
        store.Time.Advance(TimeSpan.FromSeconds(1));

        await CommitAsync([edges.Prove(edge with { LastProofAt = Now })]);

        (await edges.FindAsync(edge.EdgeId, Cancel))!.IsRevoked.ShouldBeFalse();
        (await edges.ListRevokedSerialsAsync(Now, Cancel)).ShouldBeEmpty();
    }

    [Fact]
    public async Task RequireNone_RuleThatIsNotThere_Conflicts()
    {
        var require = revocations.RequireNone(ProofOf(Now)).ExpectingOne();

        var result = await store.CommitAsync(new Decision { Statements = [require] });

        result.IsStale.ShouldBeTrue();
    }

    [Fact]
    public async Task EndEnrollmentsOfKey_EndsWhatThatKeySigned()
    {
        var agent = await EnrollAgentAsync(issuedAt: Now);

        await CommitAsync(revocations.EndEnrollmentsOfKey("another", Now));
        (await agents.FindAsync(agent.Id.Value, Cancel))!.RevokedAt.ShouldBeNull();

        await CommitAsync(revocations.EndEnrollmentsOfKey("kid", Now));
        (await agents.FindAsync(agent.Id.Value, Cancel))!.RevokedAt.ShouldBe(Now);
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task CommitAsync(IReadOnlyList<Statement> statements) =>
        (await store.CommitAsync(new Decision { Statements = statements })).IsCommitted.ShouldBeTrue();

    private TokenRevocation New(RevocationKind kind, string value) =>
        new()
        {
            Id = TokenRevocationId.New(),
            OrganizationId = Organization,
            Kind = kind,
            Value = value,
            IssuedBefore = kind.KnowsTime() ? Now.ToUnixTimeSeconds() : TokenRevocation.Always,
            Reason = "test",
            CreatedAt = Now,
            CreatedBy = "key_1",
            EndsAt = Now.AddDays(1),
        };

    private async Task<AgentEnrollmentState> EnrollAgentAsync(DateTimeOffset issuedAt)
    {
        var id = AgentId.New();
        var enrollment = new AgentEnrollmentState
        {
            Id = id,
            TunnelId = TunnelId.New(),
            OrganizationId = Organization,
            WorkspaceId = "wrkspc_1",
            InstanceId = "one",
            Proof = ProofOf(issuedAt),
            CreatedAt = Now,
            LastProofAt = Now,
            CertificateNotAfter = Now.AddHours(1),
        };
        await CommitAsync(agents.Insert(enrollment, new AgentOptions()));
        return enrollment;
    }

    private async Task<EdgeEnrollmentState> EnrollEdgeAsync(DateTimeOffset issuedAt)
    {
        var enrollment = new EdgeEnrollmentState
        {
            EdgeId = EdgeId.New(),
            OrganizationId = Organization,
            Proof = ProofOf(issuedAt),
            LastProofAt = Now,
            CertificateNotAfter = Now.AddHours(1),
        };
        await CommitAsync([edges.Prove(enrollment)]);
        return enrollment;
    }

    private static EnrollmentProof ProofOf(DateTimeOffset issuedAt) =>
        new()
        {
            Method = EnrollmentMethod.Federation,
            Principal = "p",
            IssuerId = "fdis_1",
            RuleId = "fdrl_1",
            RuleVersion = 7,
            ServiceAccountId = "svac_1",
            TokenId = "jti",
            TokenIssuedAt = issuedAt.ToUnixTimeSeconds(),
            TokenFamily = "family",
            SubjectHash = "hash",
            TokenKeyId = "kid",
        };
}
