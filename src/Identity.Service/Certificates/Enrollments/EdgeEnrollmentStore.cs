using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrolments of edges: one row per edge that ever enrolled.</summary>
internal sealed class EdgeEnrollmentStore(Database database)
{
    private static readonly Columns<Row> Table = new("edge_enrollments");

    // Unlike an agent's, an edge's enrolment may pass to another principal.
    private static readonly string Upsert =
        $"{Table.InsertValues} ON CONFLICT (edge_id) DO UPDATE SET "
        + $"organization_id = @OrganizationId, principal = @Principal, {Table.Assignments}";

    public async ValueTask<EdgeEnrollmentState?> FindAsync(EdgeId id, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE edge_id = @Value", new { id.Value }, cancellationToken)).SingleOrDefault();

    public ValueTask<IReadOnlyList<EdgeEnrollmentState>> ListUnexpiredAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => QueryAsync(" WHERE certificate_not_after_ms >= @now", new { now = now.ToStore() }, cancellationToken);

    internal static string SerialsSql(Database database) =>
        $"SELECT serial FROM certificates WHERE {database.AnyOf("edge_id", "@edgeIds")} AND not_after_ms >= @now "
        + "AND status <> 'void'";

    public async ValueTask<IReadOnlyList<string>> ListSerialsAsync(
        IReadOnlyList<string> edgeIds,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (edgeIds.Count == 0)
        {
            return [];
        }

        return await database.QueryAsync<string>(
            SerialsSql(database),
            new { edgeIds, now = now.ToStore() },
            cancellationToken
        );
    }

    /// <summary>Unexpired serials that were issued before their edge's enrolment was revoked.</summary>
    public async ValueTask<IReadOnlyList<string>> ListRevokedSerialsAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        return await database.QueryAsync<string>(
            "SELECT c.serial FROM edge_enrollments e JOIN certificates c ON c.edge_id = e.edge_id "
                + "WHERE e.revoked_at_ms IS NOT NULL AND c.issued_at_ms <= e.revoked_at_ms "
                + "AND c.not_after_ms >= @now AND c.status <> 'void'",
            new { now = now.ToStore() },
            cancellationToken
        );
    }

    public Statement Prove(EdgeEnrollmentState enrollment) => new(Upsert, Row.Create(enrollment));

    public Statement Certified(EdgeId id, string serial, DateTimeOffset notAfter) =>
        new(
            "UPDATE edge_enrollments SET certificate_serial = @serial, certificate_not_after_ms = @notAfter "
                + "WHERE edge_id = @id",
            new
            {
                id = id.Value,
                serial,
                notAfter = notAfter.ToStore(),
            }
        );

    private async ValueTask<IReadOnlyList<EdgeEnrollmentState>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToState())];
    }

    private sealed record Row : EnrollmentColumns
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
                EdgeId = enrollment.EdgeId.Value,
                OrganizationId = enrollment.OrganizationId,
                Proof = enrollment.Proof,
                CreatedAtMs = enrollment.LastProofAt.ToStore(),
                LastProofMs = enrollment.LastProofAt.ToStore(),
                CertificateNotAfterMs = enrollment.CertificateNotAfter.ToStore(),
            };

        public EdgeEnrollmentState ToState() =>
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
