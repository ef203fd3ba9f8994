using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>Revocations until they expire. At most one per organization, kind and value.</summary>
internal sealed class TokenRevocationStore(Database database)
{
    private static readonly Columns<Row> Table = new("token_revocations");

    private static readonly string InsertOrRaise =
        $"{Table.InsertValues} ON CONFLICT (organization_id, kind, value) DO UPDATE SET ordinal = excluded.ordinal, "
        + "reason = excluded.reason, issued_before_s = CASE WHEN token_revocations.issued_before_s < "
        + "excluded.issued_before_s THEN excluded.issued_before_s ELSE token_revocations.issued_before_s END, "
        + "ends_at_ms = CASE WHEN token_revocations.ends_at_ms < excluded.ends_at_ms THEN excluded.ends_at_ms "
        + "ELSE token_revocations.ends_at_ms END";

    // Later proofs come from later tokens; certificates issued until now are refused.
    private const string EndAgents =
        "UPDATE enrollments SET revoked_at_ms = @At WHERE revoked_at_ms IS NULL AND method = 'federation' AND ";

    private const string EndEdges =
        "UPDATE edge_enrollments SET revoked_at_ms = @At WHERE (revoked_at_ms IS NULL OR revoked_at_ms < last_proof_ms) AND ";

    private const string Issued = "organization_id = @OrganizationId AND token_issued_at_s <= @IssuedBefore AND ";

    /// <summary>The revocations of all organizations, from that number on.</summary>
    public ValueTask<IReadOnlyList<Numbered<TokenRevocation>>> SinceAsync(
        long ordinal,
        CancellationToken cancellationToken
    ) => QueryAsync(Table.Select + " WHERE ordinal >= @ordinal", new { ordinal }, cancellationToken);

    public async ValueTask<TokenRevocation?> FindAsync(
        string organizationId,
        string id,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                Table.Select + " WHERE organization_id = @organizationId AND id = @id",
                new { organizationId, id },
                cancellationToken
            )
        )
            .Select(row => row.Value)
            .SingleOrDefault();

    public async ValueTask<TokenRevocation?> FindAsync(
        string organizationId,
        RevocationKind kind,
        string value,
        CancellationToken cancellationToken
    ) => (
            await QueryAsync(
                Table.Select + " WHERE organization_id = @organizationId AND kind = @Kind AND value = @value",
                new
                {
                    organizationId,
                    Kind = kind.Name(),
                    value,
                },
                cancellationToken
            )
        ).Select(row => row.Value).SingleOrDefault();

    /// <summary>
    /// Revocations that have not expired, of one kind or all, newest first, one more than the page holds.
    /// </summary>
    public ValueTask<IReadOnlyList<Numbered<TokenRevocation>>> ListAsync(
        string organizationId,
        PageRequest page,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        RevocationKind? kind = null
    ) =>
        QueryAsync(
            Table.Select
                + " WHERE organization_id = @organizationId AND ordinal < @Before AND ends_at_ms >= @Now "
                + "AND (@Kind IS NULL OR kind = @Kind) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                organizationId,
                page.Before,
                Now = now.ToStore(),
                Kind = kind?.Name(),
                page.Count,
            },
            cancellationToken
        );

    /// <summary>
    /// Stores the revocation and revokes enrolments that depend on what it covers (S4, S8). An existing row of the same
    /// kind and value is raised, never lowered, and numbered again.
    /// </summary>
    /// <param name="at">Now: certificates issued until then are refused.</param>
    public IReadOnlyList<Statement> Insert(TokenRevocation revocation, DateTimeOffset at) =>
        [new Statement(InsertOrRaise, Row.Create(revocation)), .. EndEnrollments(revocation, at)];

    /// <summary>The number of enrolments that <see cref="Insert"/> ends for a subject.</summary>
    public async ValueTask<int> CountEnrollmentsAsync(
        string organizationId,
        string issuerId,
        string subjectHash,
        long issuedBefore,
        CancellationToken cancellationToken
    )
    {
        const string Where =
            "organization_id = @organizationId AND token_issued_at_s <= @issuedBefore AND issuer_id = @issuerId "
            + "AND token_subject_hash = @subjectHash";
        return (int)
            await database.SingleAsync<long>(
                "SELECT (SELECT COUNT(*) FROM enrollments WHERE revoked_at_ms IS NULL AND method = 'federation' AND "
                    + Where
                    + ") + (SELECT COUNT(*) FROM edge_enrollments WHERE (revoked_at_ms IS NULL "
                    + "OR revoked_at_ms < last_proof_ms) AND "
                    + Where
                    + ")",
                new
                {
                    organizationId,
                    issuerId,
                    subjectHash,
                    issuedBefore,
                },
                cancellationToken
            );
    }

    /// <summary>Revokes enrolments by tokens of that key: an attacker who has it may have created them.</summary>
    public IReadOnlyList<Statement> EndEnrollmentsOfKey(string keyId, DateTimeOffset at)
    {
        var parameters = new { keyId, At = at.ToStore() };
        const string Where = "token_key_id = @keyId";
        return [new Statement(EndAgents + Where, parameters), new Statement(EndEdges + Where, parameters)];
    }

    /// <summary>Changes one row only if nothing that the enrolment depends on is revoked: checks its commit.</summary>
    public Statement RequireNone(EnrollmentProof proof) =>
        new(
            "SELECT 1 FROM federation_rules WHERE id = @RuleId AND NOT EXISTS (SELECT 1 FROM "
                + "token_revocations r WHERE r.organization_id = federation_rules.organization_id "
                + "AND r.issued_before_s >= @IssuedAt AND ("
                + "(r.kind = 'token' AND r.value = @TokenId) OR (r.kind = 'family' AND r.value = @Family) "
                + "OR (r.kind = 'rule' AND r.value = @RuleId) OR (r.kind = 'rule_version' AND r.value = @RuleVersion) "
                + "OR (r.kind = 'principal' AND r.value = @Principal) OR (r.kind = 'issuer' AND r.value = @IssuerId) "
                + "OR (r.kind = 'subject' AND r.value = @Subject) OR r.kind = 'issued_before'))",
            new
            {
                proof.RuleId,
                IssuedAt = proof.TokenIssuedAt,
                proof.TokenId,
                // Only `issued_before` has an empty value.
                Family = proof.TokenFamily ?? "",
                RuleVersion = TokenTraits.RuleVersionValue(proof.RuleId ?? "", proof.RuleVersion ?? 0),
                Principal = proof.ServiceAccountId ?? "",
                IssuerId = proof.IssuerId ?? "",
                Subject = TokenTraits.SubjectValue(proof.IssuerId ?? "", proof.SubjectHash ?? ""),
            }
        );

    /// <summary>
    /// Selects one row only if the person has not been off-boarded since the identity provider issued the id_token: checks the
    /// commit of a session.
    /// </summary>
    public Statement RequireNotOffBoarded(
        string organizationId,
        string issuerUrl,
        string subject,
        DateTimeOffset issuedAt
    ) =>
        new(
            "SELECT 1 FROM organizations WHERE id = @OrganizationId AND NOT EXISTS (SELECT 1 FROM token_revocations r "
                + "JOIN federation_issuers i ON i.organization_id = r.organization_id "
                + "WHERE r.organization_id = @OrganizationId AND r.kind = 'subject' AND i.issuer_url = @IssuerUrl "
                + "AND r.value = i.id || ':' || @SubjectHash AND r.issued_before_s >= @IssuedAt)",
            new
            {
                OrganizationId = organizationId,
                IssuerUrl = issuerUrl,
                SubjectHash = Sha256Text.ToBase64Url(subject),
                IssuedAt = issuedAt.ToUnixTimeSeconds(),
            }
        );

    public Statement DeleteEnded(DateTimeOffset now) =>
        new("DELETE FROM token_revocations WHERE ends_at_ms < @now", new { now = now.ToStore() });

    private static IReadOnlyList<Statement> EndEnrollments(TokenRevocation revocation, DateTimeOffset at)
    {
        var (first, second) = TokenTraits.SplitValue(revocation.Value);
        var parameters = new
        {
            revocation.OrganizationId,
            revocation.IssuedBefore,
            Value = first,
            Second = second,
            At = at.ToStore(),
        };
        var where = revocation.Kind switch
        {
            RevocationKind.Token => "token_id = @Value",
            RevocationKind.Family => "token_family = @Value",
            RevocationKind.Rule => "rule_id = @Value",
            RevocationKind.RuleVersion => "rule_id = @Value AND CAST(rule_version AS TEXT) = @Second",
            RevocationKind.Principal => "service_account_id = @Value",
            RevocationKind.Issuer => "issuer_id = @Value",
            RevocationKind.Subject => "issuer_id = @Value AND token_subject_hash = @Second",
            _ => "1 = 1",
        };
        return
        [
            new Statement(EndAgents + Issued + where, parameters),
            new Statement(EndEdges + Issued + where, parameters),
        ];
    }

    private async ValueTask<IReadOnlyList<Numbered<TokenRevocation>>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => new Numbered<TokenRevocation>(row.Ordinal, row.ToRevocation()))];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        public required string OrganizationId { get; init; }

        public required string Kind { get; init; }

        public required string Value { get; init; }

        public long IssuedBeforeS { get; init; }

        public required string Reason { get; init; }

        public long CreatedAtMs { get; init; }

        public required string CreatedBy { get; init; }

        public long EndsAtMs { get; init; }

        public static Row Create(TokenRevocation revocation) =>
            new()
            {
                Id = revocation.Id.Value,
                OrganizationId = revocation.OrganizationId,
                Kind = revocation.Kind.Name(),
                Value = revocation.Value,
                IssuedBeforeS = revocation.IssuedBefore,
                Reason = revocation.Reason,
                CreatedAtMs = revocation.CreatedAt.ToStore(),
                CreatedBy = revocation.CreatedBy,
                EndsAtMs = revocation.EndsAt.ToStore(),
            };

        public TokenRevocation ToRevocation() =>
            new()
            {
                Id = TokenRevocationId.Wrap(Id),
                OrganizationId = OrganizationId,
                Kind = WireNames.Parse<RevocationKind>(Kind),
                Value = Value,
                IssuedBefore = IssuedBeforeS,
                Reason = Reason,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                CreatedBy = CreatedBy,
                EndsAt = Instants.FromStore(EndsAtMs),
            };
    }
}
