using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrolments of edges: one row per edge that ever enrolled.</summary>
internal sealed class EdgeEnrollmentStore(Database database)
{
    private const string Columns =
        "edge_id AS EdgeId, organization_id AS OrganizationId, principal AS Principal, issuer_id AS IssuerId, "
        + "rule_id AS RuleId, rule_version AS RuleVersion, service_account_id AS ServiceAccountId, "
        + "token_issued_at_s AS TokenIssuedAt, token_family AS TokenFamily, token_subject_hash AS SubjectHash, "
        + "token_key_id AS TokenKeyId, revoked_at_ms AS RevokedAt, "
        + "token_id AS TokenId, last_proof_ms AS LastProofAt, certificate_not_after_ms AS CertificateNotAfter";

    public async ValueTask<EdgeEnrollmentState?> FindAsync(EdgeId id, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM edge_enrollments WHERE edge_id = @Value",
                new { id.Value },
                cancellationToken
            )
        ).SingleOrDefault();

    public ValueTask<IReadOnlyList<EdgeEnrollmentState>> ListUnexpiredAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM edge_enrollments WHERE certificate_not_after_ms >= @now",
            new { now = now.ToStore() },
            cancellationToken
        );

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

    public Statement Prove(EdgeEnrollmentState enrollment) =>
        new(
            "INSERT INTO edge_enrollments (edge_id, organization_id, principal, issuer_id, rule_id, rule_version, "
                + "service_account_id, token_id, token_issued_at_s, token_family, token_subject_hash, token_key_id, "
                + "created_at_ms, last_proof_ms, certificate_not_after_ms) "
                + "VALUES (@EdgeId, @OrganizationId, @Principal, @IssuerId, @RuleId, @RuleVersion, @ServiceAccountId, "
                + "@TokenId, @TokenIssuedAt, @TokenFamily, @SubjectHash, @TokenKeyId, @LastProofAt, @LastProofAt, @CertificateNotAfter) ON CONFLICT (edge_id) DO UPDATE SET "
                + "organization_id = @OrganizationId, principal = @Principal, issuer_id = @IssuerId, "
                + "rule_id = @RuleId, rule_version = @RuleVersion, service_account_id = @ServiceAccountId, "
                + "token_id = @TokenId, token_issued_at_s = @TokenIssuedAt, token_family = @TokenFamily, "
                + "token_subject_hash = @SubjectHash, token_key_id = @TokenKeyId, last_proof_ms = @LastProofAt, certificate_not_after_ms = "
                + "CASE WHEN edge_enrollments.certificate_not_after_ms < @CertificateNotAfter "
                + "THEN @CertificateNotAfter ELSE edge_enrollments.certificate_not_after_ms END",
            new
            {
                EdgeId = enrollment.EdgeId.Value,
                enrollment.OrganizationId,
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
                LastProofAt = enrollment.LastProofAt.ToStore(),
                CertificateNotAfter = enrollment.CertificateNotAfter.ToStore(),
            }
        );

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
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToState())];
    }

    private sealed record Row
    {
        public required string EdgeId { get; init; }

        public required string OrganizationId { get; init; }

        public required string Principal { get; init; }

        public string? IssuerId { get; init; }

        public string? RuleId { get; init; }

        public long? RuleVersion { get; init; }

        public string? ServiceAccountId { get; init; }

        public required string TokenId { get; init; }

        public long TokenIssuedAt { get; init; }

        public string? TokenFamily { get; init; }

        public string? SubjectHash { get; init; }

        public string? TokenKeyId { get; init; }

        public long? RevokedAt { get; init; }

        public long LastProofAt { get; init; }

        public long CertificateNotAfter { get; init; }

        public EdgeEnrollmentState ToState() =>
            new()
            {
                EdgeId = Culvert.Identity.Service.Ids.EdgeId.Wrap(EdgeId),
                OrganizationId = OrganizationId,
                Proof = new EnrollmentProof
                {
                    Method = EnrollmentMethod.Federation,
                    Principal = Principal,
                    IssuerId = IssuerId,
                    RuleId = RuleId,
                    RuleVersion = (int?)RuleVersion,
                    ServiceAccountId = ServiceAccountId,
                    TokenId = TokenId,
                    TokenIssuedAt = TokenIssuedAt,
                    TokenFamily = TokenFamily,
                    SubjectHash = SubjectHash,
                    TokenKeyId = TokenKeyId,
                },
                LastProofAt = Instants.FromStore(LastProofAt),
                RevokedAt = Instants.FromStore(RevokedAt),
                CertificateNotAfter = Instants.FromStore(CertificateNotAfter),
            };
    }
}
