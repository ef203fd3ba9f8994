using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrolments of agents. Revoked ones are kept; at most one per tunnel and instance is not revoked.</summary>
internal sealed class AgentEnrollmentStore(Database database)
{
    private const string Columns =
        "id AS Id, tunnel_id AS TunnelId, organization_id AS OrganizationId, workspace_id AS WorkspaceId, "
        + "instance_id AS InstanceId, method AS Method, principal AS Principal, issuer_id AS IssuerId, "
        + "rule_id AS RuleId, rule_version AS RuleVersion, service_account_id AS ServiceAccountId, "
        + "token_issued_at_s AS TokenIssuedAt, token_family AS TokenFamily, token_subject_hash AS SubjectHash, "
        + "token_key_id AS TokenKeyId, "
        + "token_id AS TokenId, created_at_ms AS CreatedAt, last_proof_ms AS LastProofAt, "
        + "certificate_serial AS CertificateSerial, certificate_not_after_ms AS CertificateNotAfter, "
        + "revoked_at_ms AS RevokedAt";

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
                $"SELECT {Columns} FROM enrollments WHERE tunnel_id = @Value AND instance_id = @instanceId "
                    + "AND revoked_at_ms IS NULL",
                new { tunnelId.Value, instanceId },
                cancellationToken
            )
        ).SingleOrDefault();

    public async ValueTask<AgentEnrollmentState?> FindAsync(string id, CancellationToken cancellationToken) =>
        (
            await QueryAsync($"SELECT {Columns} FROM enrollments WHERE id = @id", new { id }, cancellationToken)
        ).SingleOrDefault();

    /// <summary>Enrolments of one tunnel, newest first, including revoked ones.</summary>
    public ValueTask<IReadOnlyList<AgentEnrollmentState>> ListAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM enrollments WHERE tunnel_id = @Value ORDER BY created_at_ms DESC, id DESC",
            new { tunnelId.Value },
            cancellationToken
        );

    /// <summary>Enrolments of all tunnels whose newest certificate is unexpired, including revoked ones.</summary>
    public ValueTask<IReadOnlyList<AgentEnrollmentState>> ListUnexpiredAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM enrollments WHERE certificate_not_after_ms >= @now",
            new { now = now.ToStore() },
            cancellationToken
        );

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
    /// Conflicts: <see cref="EnrollmentConflict.InstanceTaken"/>, and <see cref="EnrollmentConflict.InstanceLimit"/> when
    /// <see cref="AgentOptions.InstancesPerTunnel"/> other instances of the tunnel are live at <paramref name="now"/>.
    /// </summary>
    public IReadOnlyList<Statement> Insert(AgentEnrollmentState enrollment, AgentOptions options, DateTimeOffset now) =>
        [
            new Statement(
                "INSERT INTO enrollments (id, tunnel_id, organization_id, workspace_id, instance_id, method, principal, "
                    + "issuer_id, rule_id, rule_version, service_account_id, token_id, token_issued_at_s, token_family, "
                    + "token_subject_hash, token_key_id, created_at_ms, last_proof_ms, "
                    + "certificate_not_after_ms) SELECT @Id, @TunnelId, @OrganizationId, @WorkspaceId, @InstanceId, "
                    + "@Method, @Principal, @IssuerId, @RuleId, @RuleVersion, @ServiceAccountId, @TokenId, @TokenIssuedAt, "
                    + "@TokenFamily, @SubjectHash, @TokenKeyId, @CreatedAt, "
                    + $"@LastProofAt, @CertificateNotAfter WHERE {OthersLive}",
                Parameters(enrollment, options, now)
            )
                .ExpectingOne(EnrollmentConflict.InstanceLimit)
                .Unique(EnrollmentConflict.InstanceTaken),
        ];

    /// <summary>
    /// Records a new proof of a known instance. Conflicts: <see cref="EnrollmentConflict.Revoked"/>, and <see
    /// cref="EnrollmentConflict.InstanceLimit"/> as with <see cref="Insert"/>.
    /// </summary>
    public IReadOnlyList<Statement> Prove(AgentEnrollmentState enrollment, AgentOptions options, DateTimeOffset now) =>
        [
            new Statement(
                "UPDATE enrollments SET issuer_id = @IssuerId, rule_id = @RuleId, rule_version = @RuleVersion, "
                    + "service_account_id = @ServiceAccountId, token_id = @TokenId, token_issued_at_s = @TokenIssuedAt, "
                    + "token_family = @TokenFamily, token_subject_hash = @SubjectHash, token_key_id = @TokenKeyId, "
                    + "last_proof_ms = @LastProofAt, "
                    + "certificate_not_after_ms = CASE WHEN certificate_not_after_ms < @CertificateNotAfter "
                    + "THEN @CertificateNotAfter ELSE certificate_not_after_ms END "
                    + "WHERE id = @Id AND revoked_at_ms IS NULL",
                Parameters(enrollment, options, now)
            ).ExpectingOne(EnrollmentConflict.Revoked),
            new Statement(
                $"UPDATE enrollments SET last_proof_ms = @LastProofAt WHERE id = @Id AND {OthersLive}",
                Parameters(enrollment, options, now)
            ).ExpectingOne(EnrollmentConflict.InstanceLimit),
        ];

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

    /// <summary><see cref="EnrollmentConflict.Revoked"/> if the enrolment has been revoked.</summary>
    public Statement RequireLive(AgentId id) =>
        new Statement(
            "SELECT 1 FROM enrollments WHERE id = @id AND revoked_at_ms IS NULL",
            new { id = id.Value }
        ).ExpectingOne(EnrollmentConflict.Revoked);

    /// <summary>Idempotent.</summary>
    public Statement Revoke(AgentId id, DateTimeOffset at) =>
        new(
            "UPDATE enrollments SET revoked_at_ms = @at WHERE id = @id AND revoked_at_ms IS NULL",
            new { id = id.Value, at = at.ToStore() }
        );

    private static object Parameters(AgentEnrollmentState enrollment, AgentOptions options, DateTimeOffset now) =>
        new
        {
            Id = enrollment.Id.Value,
            TunnelId = enrollment.TunnelId.Value,
            enrollment.OrganizationId,
            enrollment.WorkspaceId,
            enrollment.InstanceId,
            Method = WireNames.Of(enrollment.Proof.Method),
            enrollment.Proof.Principal,
            enrollment.Proof.IssuerId,
            enrollment.Proof.RuleId,
            enrollment.Proof.RuleVersion,
            enrollment.Proof.ServiceAccountId,
            enrollment.Proof.TokenId,
            enrollment.Proof.TokenIssuedAt,
            enrollment.Proof.TokenFamily,
            enrollment.Proof.SubjectHash,
            enrollment.Proof.TokenKeyId,
            CreatedAt = enrollment.CreatedAt.ToStore(),
            LastProofAt = enrollment.LastProofAt.ToStore(),
            CertificateNotAfter = enrollment.CertificateNotAfter.ToStore(),
            Limit = options.InstancesPerTunnel,
            Now = now.ToStore(),
            LiveSince = (now - options.LiveFor).ToStore(),
        };

    private async ValueTask<IReadOnlyList<AgentEnrollmentState>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<AgentEnrollmentRow>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToState())];
    }
}
