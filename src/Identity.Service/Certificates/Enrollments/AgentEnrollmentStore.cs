using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrolments of agents. Revoked ones are kept; at most one per tunnel and instance is not revoked.</summary>
internal sealed class AgentEnrollmentStore(Database database)
    : EnrollmentStore<AgentEnrollmentStore.Row, AgentEnrollmentState>(
        database,
        Table,
        TableName,
        key: "id",
        reference: "enrollment_id"
    )
{
    private const string TableName = "enrollments";

    private static readonly Columns<Row> Table = new(TableName);

    // Other live instances of the tunnel (S17): unexpired certificate, and since @LiveSince a feed call or a proof. An
    // instance that has just enrolled has given only a proof.
    private const string OthersLive =
        "(SELECT COUNT(*) FROM enrollments e LEFT JOIN bundle_holders h ON h.tunnel_id = e.tunnel_id "
        + "AND h.kind = 'agent' AND h.holder = e.instance_id WHERE e.tunnel_id = @TunnelId "
        + "AND e.instance_id <> @InstanceId AND e.revoked_at_ms IS NULL AND e.certificate_not_after_ms >= @LastProofMs "
        + "AND (e.last_proof_ms >= @LiveSince OR h.heard_at_ms >= @LiveSince)) < @Limit";

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

    /// <summary>The enrolment of a client certificate; null when it was revoked or replaced.</summary>
    public async ValueTask<AgentEnrollmentState?> FindLiveAsync(
        MachinePeer peer,
        CancellationToken cancellationToken
    ) =>
        TunnelId.TryParse(peer.TunnelId, out var tunnelId)
            ? await FindLiveAsync(tunnelId, peer.InstanceId!, cancellationToken)
            : null;

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

    /// <summary>
    /// <see cref="EnrollmentErrors.InstanceTaken"/>, and <see cref="EnrollmentErrors.InstanceLimit"/> when
    /// <see cref="AgentOptions.InstancesPerTunnel"/> other instances of the tunnel are live at the time of its proof.
    /// </summary>
    public IReadOnlyList<Statement> Insert(AgentEnrollmentState enrollment, AgentOptions options) =>
        [
            Table
                .InsertWhere(Row.Create(enrollment, options), OthersLive)
                .ExpectingOne(EnrollmentErrors.InstanceLimit.Refuse())
                .Unique(EnrollmentErrors.InstanceTaken.Refuse()),
        ];

    /// <summary>
    /// Records a new proof of a known instance. <see cref="EnrollmentErrors.RenewalUnknown"/> if it is revoked, and
    /// <see cref="EnrollmentErrors.InstanceLimit"/> as with <see cref="Insert"/>.
    /// </summary>
    public IReadOnlyList<Statement> Prove(AgentEnrollmentState enrollment, AgentOptions options)
    {
        var row = Row.Create(enrollment, options);
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

    internal sealed record Row : EnrollmentRow<AgentEnrollmentState>
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
        public long LiveSince { get; init; }

        public static Row Create(AgentEnrollmentState enrollment, AgentOptions options) =>
            new()
            {
                State = enrollment,
                Id = enrollment.Id.Value,
                TunnelId = enrollment.TunnelId.Value,
                WorkspaceId = enrollment.WorkspaceId,
                InstanceId = enrollment.InstanceId,
                Method = WireNames.Get(enrollment.Proof.Method),
                CreatedAtMs = enrollment.CreatedAt.ToStore(),
                CertificateNotAfterMs = enrollment.CertificateNotAfter.ToStore(),
                Limit = options.InstancesPerTunnel,
                LiveSince = (enrollment.LastProofAt - options.LiveFor).ToStore(),
            };

        public override AgentEnrollmentState ToState() =>
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
