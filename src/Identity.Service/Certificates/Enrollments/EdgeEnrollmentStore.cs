using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrolments of edges: one row per edge that ever enrolled.</summary>
internal sealed class EdgeEnrollmentStore(Database database)
    : EnrollmentStore<EdgeEnrollmentStore.Row, EdgeEnrollmentState>(
        database,
        Table,
        TableName,
        key: "edge_id",
        reference: "edge_id"
    )
{
    private const string TableName = "edge_enrollments";

    private static readonly Columns<Row> Table = new(TableName);

    // Unlike an agent's, an edge's enrolment may pass to another principal.
    private static readonly string Upsert =
        $"{Table.InsertValues} ON CONFLICT (edge_id) DO UPDATE SET "
        + $"organization_id = @OrganizationId, principal = @Principal, {Table.Assignments}";

    public async ValueTask<EdgeEnrollmentState?> FindAsync(EdgeId id, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE edge_id = @Value", new { id.Value }, cancellationToken)).SingleOrDefault();

    /// <summary>Unexpired serials that were issued before their edge's enrolment was revoked.</summary>
    public async ValueTask<IReadOnlyList<string>> ListRevokedSerialsAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await Database.QueryAsync<string>(
            "SELECT c.serial FROM edge_enrollments e JOIN certificates c ON c.edge_id = e.edge_id "
                + "WHERE e.revoked_at_ms IS NOT NULL AND c.issued_at_ms <= e.revoked_at_ms "
                + "AND c.not_after_ms >= @now AND c.status <> 'void'",
            new { now = now.ToStore() },
            cancellationToken
        );

    public Statement Prove(EdgeEnrollmentState enrollment) => new(Upsert, Row.Create(enrollment));

    internal sealed record Row : EnrollmentRow<EdgeEnrollmentState>
    {
        [InsertOnly]
        public required string EdgeId { get; init; }

        // A proof never shortens it.
        [Computed(
            Update = "CASE WHEN edge_enrollments.certificate_not_after_ms < @CertificateNotAfterMs "
                + "THEN @CertificateNotAfterMs ELSE edge_enrollments.certificate_not_after_ms END"
        )]
        public long CertificateNotAfterMs { get; init; }

        public static Row Create(EdgeEnrollmentState enrollment) =>
            new()
            {
                State = enrollment,
                EdgeId = enrollment.EdgeId.Value,
                CreatedAtMs = enrollment.LastProofAt.ToStore(),
                CertificateNotAfterMs = enrollment.CertificateNotAfter.ToStore(),
            };

        public override EdgeEnrollmentState ToState() =>
            new()
            {
                EdgeId = Culvert.Identity.Service.Ids.EdgeId.Wrap(EdgeId),
                OrganizationId = OrganizationId,
                Proof = ToProof(EnrollmentMethod.Federation),
                LastProofAt = Instants.FromStore(LastProofMs),
                RevokedAt = Instants.FromStore(RevokedAtMs),
                CertificateNotAfter = Instants.FromStore(CertificateNotAfterMs),
            };
    }
}
