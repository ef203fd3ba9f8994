using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrolments of agents. Revoked ones are kept; at most one per tunnel and instance is not revoked.</summary>
internal sealed class AgentEnrollmentStore(Database database)
{
    private static readonly Columns<Row> Table = new("enrollments");

    // Other live instances of the tunnel (S17): unexpired certificate, and since @LiveSince a feed call or a proof. An
    // instance that has just enrolled has given only a proof.
    private const string OthersLive =
        "(SELECT COUNT(*) FROM enrollments e LEFT JOIN bundle_holders h ON h.tunnel_id = e.tunnel_id "
        + "AND h.kind = 'agent' AND h.holder = e.instance_id WHERE e.tunnel_id = @TunnelId "
        + "AND e.instance_id <> @InstanceId AND e.revoked_at_ms IS NULL AND e.certificate_not_after_ms >= @Now "
        + "AND (e.last_proof_ms >= @LiveSince OR h.heard_at_ms >= @LiveSince)) < @Limit";

    // Far below the maximum number of parameters of any of the databases.
    private const int SerialBatch = 500;

    public async ValueTask<AgentEnrollmentState?> FindLiveAsync(
        TunnelId tunnelId,
        string instanceId,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                " WHERE tunnel_id = @Value AND instance_id = @instanceId AND revoked_at_ms IS NULL",
                new { tunnelId.Value, instanceId },
                cancellationToken
            )
        ).SingleOrDefault();

    public async ValueTask<AgentEnrollmentState?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE id = @id", new { id }, cancellationToken)).SingleOrDefault();

    /// <summary>Enrolments of one tunnel, newest first, including revoked ones.</summary>
    public ValueTask<IReadOnlyList<AgentEnrollmentState>> ListAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE tunnel_id = @Value ORDER BY created_at_ms DESC, id DESC",
            new { tunnelId.Value },
            cancellationToken
        );

    /// <summary>Enrolments of all tunnels whose newest certificate is unexpired, including revoked ones.</summary>
    public ValueTask<IReadOnlyList<AgentEnrollmentState>> ListUnexpiredAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => QueryAsync(" WHERE certificate_not_after_ms >= @now", new { now = now.ToStore() }, cancellationToken);

    internal static string SerialsSql(Database database) =>
        $"SELECT serial FROM certificates WHERE {database.AnyOf("enrollment_id", "@batch")} AND not_after_ms >= @now "
        + "AND status <> 'void'";

    public async ValueTask<IReadOnlyList<string>> ListSerialsAsync(
        IReadOnlyList<string> ids,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        List<string> serials = [];
        foreach (var batch in ids.Chunk(SerialBatch))
        {
            serials.AddRange(
                await database.QueryAsync<string>(
                    SerialsSql(database),
                    new { batch, now = now.ToStore() },
                    cancellationToken
                )
            );
        }

        return serials;
    }

    /// <summary>
    /// <see cref="EnrollmentErrors.InstanceTaken"/>, and <see cref="EnrollmentErrors.InstanceLimit"/> when
    /// <see cref="AgentOptions.InstancesPerTunnel"/> other instances of the tunnel are live at <paramref name="now"/>.
    /// </summary>
    public IReadOnlyList<Statement> Insert(AgentEnrollmentState enrollment, AgentOptions options, DateTimeOffset now) =>
        [
            Table
                .InsertWhere(Row.Create(enrollment, options, now), OthersLive)
                .ExpectingOne(EnrollmentErrors.InstanceLimit.Refuse())
                .Unique(EnrollmentErrors.InstanceTaken.Refuse()),
        ];

    /// <summary>
    /// Records a new proof of a known instance. <see cref="EnrollmentErrors.RenewalUnknown"/> if it is revoked, and
    /// <see cref="EnrollmentErrors.InstanceLimit"/> as with <see cref="Insert"/>.
    /// </summary>
    public IReadOnlyList<Statement> Prove(AgentEnrollmentState enrollment, AgentOptions options, DateTimeOffset now)
    {
        var row = Row.Create(enrollment, options, now);
        return
        [
            Table
                .Update(row, "id = @Id AND revoked_at_ms IS NULL")
                .ExpectingOne(EnrollmentErrors.RenewalUnknown.Refuse()),
            new Statement(
                $"UPDATE enrollments SET last_proof_ms = @LastProofMs WHERE id = @Id AND {OthersLive}",
                row
            ).ExpectingOne(EnrollmentErrors.InstanceLimit.Refuse()),
        ];
    }

    public Statement Certified(AgentId id, string serial, DateTimeOffset notAfter) =>
        new(
            "UPDATE enrollments SET certificate_serial = @serial, certificate_not_after_ms = @notAfter WHERE id = @id",
            new
            {
                id = id.Value,
                serial,
                notAfter = notAfter.ToStore(),
            }
        );

    /// <summary><see cref="EnrollmentErrors.RenewalUnknown"/> if the enrolment has been revoked.</summary>
    public Statement RequireLive(AgentId id) =>
        new Statement(
            "SELECT 1 FROM enrollments WHERE id = @id AND revoked_at_ms IS NULL",
            new { id = id.Value }
        ).ExpectingOne(EnrollmentErrors.RenewalUnknown.Refuse());

    /// <summary>Idempotent.</summary>
    public Statement Revoke(AgentId id, DateTimeOffset at) =>
        new(
            "UPDATE enrollments SET revoked_at_ms = @at WHERE id = @id AND revoked_at_ms IS NULL",
            new { id = id.Value, at = at.ToStore() }
        );

    private async ValueTask<IReadOnlyList<AgentEnrollmentState>> QueryAsync(
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
        public required string Id { get; init; }

        [InsertOnly]
        public required string TunnelId { get; init; }

        [InsertOnly]
        public required string WorkspaceId { get; init; }

        [InsertOnly]
        public required string InstanceId { get; init; }

        [InsertOnly]
        public required string Method { get; init; }

        [InsertOnly]
        public string? CertificateSerial { get; init; }

        // A proof never shortens it.
        [Computed(
            Update = "CASE WHEN certificate_not_after_ms < @CertificateNotAfterMs THEN @CertificateNotAfterMs "
                + "ELSE certificate_not_after_ms END"
        )]
        public long CertificateNotAfterMs { get; init; }

        /// <summary>The most other live instances of the tunnel.</summary>
        [NotMapped]
        public long Limit { get; init; }

        [NotMapped]
        public long Now { get; init; }

        [NotMapped]
        public long LiveSince { get; init; }

        public static Row Create(AgentEnrollmentState enrollment, AgentOptions options, DateTimeOffset now) =>
            new()
            {
                Id = enrollment.Id.Value,
                TunnelId = enrollment.TunnelId.Value,
                OrganizationId = enrollment.OrganizationId,
                WorkspaceId = enrollment.WorkspaceId,
                InstanceId = enrollment.InstanceId,
                Method = WireNames.Of(enrollment.Proof.Method),
                Proof = enrollment.Proof,
                CreatedAtMs = enrollment.CreatedAt.ToStore(),
                LastProofMs = enrollment.LastProofAt.ToStore(),
                CertificateNotAfterMs = enrollment.CertificateNotAfter.ToStore(),
                Limit = options.InstancesPerTunnel,
                Now = now.ToStore(),
                LiveSince = (now - options.LiveFor).ToStore(),
            };

        public AgentEnrollmentState ToState() =>
            new()
            {
                Id = AgentId.Wrap(Id),
                TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
                OrganizationId = OrganizationId,
                WorkspaceId = WorkspaceId,
                InstanceId = InstanceId,
                Proof = ToProof(WireNames.Parse<EnrollmentMethod>(Method)),
                CreatedAt = Instants.FromStore(CreatedAtMs),
                LastProofAt = Instants.FromStore(LastProofMs),
                CertificateSerial = CertificateSerial,
                CertificateNotAfter = Instants.FromStore(CertificateNotAfterMs),
                RevokedAt = Instants.FromStore(RevokedAtMs),
            };
    }
}
