using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The inventory. Rows are added as intents and never deleted.</summary>
internal sealed class CertificateStore(Database database)
{
    internal static readonly Columns<Row> Table = new("certificates");

    /// <summary>All but the certificate itself, for lists.</summary>
    internal static readonly string Columns = Table.NamesWithout("certificate");

    private const string HeldAuthorities =
        "SELECT 1 FROM certificate_authorities WHERE public_key = @PublicKey AND custody <> 'trust_only'";

    // A certificate for another party's public key is easy to get: a trust-only one blocks it only on its own tunnel.
    private const string TrustedAuthorities =
        "SELECT 1 FROM certificate_authorities WHERE tunnel_id = @TunnelId AND public_key = @PublicKey "
        + "AND custody = 'trust_only' AND archived_at_ms IS NULL";

    private const string RegisteredCertificates =
        "SELECT 1 FROM registered_certificates WHERE tunnel_id = @TunnelId AND spki_sha256 = @SpkiSha256 "
        + "AND archived_at_ms IS NULL";

    internal const string FreeKeySql =
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM certificates WHERE spki_sha256 = @SpkiSha256 "
        + "AND (identity <> @Identity OR revocation_reason = 'keyCompromise') AND status <> 'void') "
        + $"AND NOT EXISTS ({HeldAuthorities}) AND NOT EXISTS ({TrustedAuthorities}) "
        + $"AND NOT EXISTS ({RegisteredCertificates})";

    // The first condition repeats the one of the partial index: a planner that infers nothing needs it to use the
    // index.
    internal static readonly string IntentsOfNodeSql =
        $"SELECT {Columns} FROM certificates WHERE status <> 'issued' AND status = 'intent' AND serial LIKE @pattern "
        + "ORDER BY ordinal";

    internal static readonly string OldIntentsSql =
        $"SELECT {Columns} FROM certificates WHERE status <> 'issued' AND status = 'intent' AND issued_at_ms < @before "
        + "ORDER BY ordinal LIMIT 1000";

    internal static readonly string ByRequestSql = Table.Select + " WHERE idempotency_key = @idempotencyKey";

    // An OCSP responder's certificate exists for as long as its authority answers: it must not keep the authority
    // alive.
    internal const string LastNotAfterSql =
        "SELECT MAX(not_after_ms) FROM certificates WHERE ca_id = @authorityId AND status <> 'void' "
        + "AND kind <> 'service'";

    // Separate from the insertion: a database that reads the table into which the same statement inserts copies it
    // first.
    /// <summary>Refused if the key is in use; <see cref="FindKeyUseAsync"/> finds how.</summary>
    public Statement RequireFreeKey(CertificateRecord record, SubjectPublicKey key) =>
        new Statement(
            FreeKeySql,
            new
            {
                SpkiSha256 = key.Sha256,
                record.Identity,
                PublicKey = key.Encoded.ToArray(),
                record.TunnelId,
            }
        ).ExpectingOne(IssuanceErrors.KeyReused.Refuse());

    /// <summary>Stale if the serial number or idempotency key exists.</summary>
    public Statement InsertIntent(CertificateRecord record, SubjectPublicKey key) =>
        Table
            .Insert(
                Row.Create(record) with
                {
                    Status = WireNames.Get(CertificateStatus.Intent),
                    SpkiSha256 = key.Sha256,
                }
            )
            .Unique();

    public Statement ReleaseRequest(CertificateId id) =>
        new("UPDATE certificates SET idempotency_key = NULL WHERE id = @id", new { id = id.Value });

    /// <summary>Stale unless the row is an intent.</summary>
    public Statement Complete(CertificateId id, string fingerprint, ReadOnlyMemory<byte> certificate) =>
        new Statement(
            "UPDATE certificates SET status = 'issued', fingerprint = @fingerprint, certificate = @certificate "
                + "WHERE id = @id AND status = 'intent'",
            new
            {
                id = id.Value,
                fingerprint,
                certificate = certificate.ToArray(),
            }
        ).ExpectingOne();

    /// <summary>Releases both keys. Stale unless the row is an intent.</summary>
    public Statement Void(CertificateId id) =>
        new Statement(
            "UPDATE certificates SET status = 'void', idempotency_key = NULL WHERE id = @id AND status = 'intent'",
            new { id = id.Value }
        ).ExpectingOne();

    /// <summary>Intents whose serial number starts with the node's prefix, oldest first.</summary>
    public async ValueTask<IReadOnlyList<CertificateRecord>> ListIntentsAsync(
        string serialPrefix,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(
            IntentsOfNodeSql,
            new { pattern = serialPrefix + "%" },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRecord())];
    }

    /// <summary>Intents of any node from before that time, oldest first, at most 1,000.</summary>
    public async ValueTask<IReadOnlyList<CertificateRecord>> ListIntentsAsync(
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(OldIntentsSql, new { before = before.ToStore() }, cancellationToken);
        return [.. rows.Select(row => row.ToRecord())];
    }

    public async ValueTask<StoredCertificate?> FindByRequestAsync(
        string idempotencyKey,
        CancellationToken cancellationToken
    )
    {
        var row = await database.SingleOrDefaultAsync<Row>(ByRequestSql, new { idempotencyKey }, cancellationToken);
        return row is null
            ? null
            : new StoredCertificate(
                row.ToRecord(),
                row.Certificate is { } encoded ? ParsedCertificate.TryParse(encoded) : null
            );
    }

    /// <summary>Why <see cref="RequireFreeKey"/> refused a key for the tunnel; null = for no tunnel.</summary>
    public async ValueTask<KeyUse> FindKeyUseAsync(
        SubjectPublicKey key,
        string? tunnelId,
        CancellationToken cancellationToken
    )
    {
        var (authorities, compromised) = await database.SingleAsync<(long, long)>(
            $"SELECT (SELECT COUNT(*) FROM ({HeldAuthorities}) AS held) "
                + $"+ (SELECT COUNT(*) FROM ({TrustedAuthorities}) AS trusted) "
                + $"+ (SELECT COUNT(*) FROM ({RegisteredCertificates}) AS registered), "
                + "(SELECT COUNT(*) FROM certificates WHERE spki_sha256 = @SpkiSha256 "
                + "AND revocation_reason = 'keyCompromise')",
            new
            {
                PublicKey = key.Encoded.ToArray(),
                SpkiSha256 = key.Sha256,
                TunnelId = tunnelId,
            },
            cancellationToken
        );
        return authorities > 0 ? KeyUse.Authority
            : compromised > 0 ? KeyUse.Compromised
            : KeyUse.OtherIdentity;
    }

    /// <summary>The latest expiry of an authority's leaves, intents included; null when it never issued.</summary>
    public async ValueTask<DateTimeOffset?> LastNotAfterAsync(string authorityId, CancellationToken cancellationToken)
    {
        var last = await database.SingleAsync<long?>(LastNotAfterSql, new { authorityId }, cancellationToken);
        return last is { } milliseconds ? Instants.FromStore(milliseconds) : null;
    }

    /// <summary>Newest first; at most <paramref name="count"/> rows below <paramref name="before"/>.</summary>
    public async ValueTask<IReadOnlyList<CertificateRecord>> ListAsync(
        CertificateFilter filter,
        long before,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(
            ListSql(filter),
            InventorySql.Parameters(filter, new InventoryPlace(0, before), count),
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRecord())];
    }

    internal static string ListSql(CertificateFilter filter) =>
        InventorySql.Select(Columns, filter, InventorySql.NewestFirst);

    internal sealed record Row
    {
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        public required string Serial { get; init; }

        public required string Kind { get; init; }

        public required string Status { get; init; }

        public string? OrganizationId { get; init; }

        public string? WorkspaceId { get; init; }

        public string? TunnelId { get; init; }

        public string? EnrollmentId { get; init; }

        public string? EdgeId { get; init; }

        public string? CaId { get; init; }

        public required string Identity { get; init; }

        public long IssuedAtMs { get; init; }

        public long NotBeforeMs { get; init; }

        public long NotAfterMs { get; init; }

        public byte[]? Certificate { get; init; }

        public string? SpkiSha256 { get; init; }

        public string? IdempotencyKey { get; init; }

        public string? RequestSha256 { get; init; }

        public long? RevokedAtMs { get; init; }

        public string? RevocationReason { get; init; }

        public string? Fingerprint { get; init; }

        [WriteOnly]
        public long ExpiresDay { get; init; }

        /// <summary>Creates the row of a certificate that is about to be signed, or whose record was lost.</summary>
        public static Row Create(CertificateRecord record) =>
            new()
            {
                Id = record.Id.Value,
                Serial = record.Serial,
                Kind = WireNames.Get(record.Kind),
                Status = WireNames.Get(record.Status),
                OrganizationId = record.OrganizationId,
                WorkspaceId = record.WorkspaceId,
                TunnelId = record.TunnelId,
                EnrollmentId = record.EnrollmentId,
                EdgeId = record.EdgeId,
                CaId = record.CaId,
                Identity = record.Identity,
                IssuedAtMs = record.IssuedAt.ToStore(),
                NotBeforeMs = record.NotBefore.ToStore(),
                NotAfterMs = record.NotAfter.ToStore(),
                SpkiSha256 = record.SpkiSha256,
                IdempotencyKey = record.IdempotencyKey,
                RequestSha256 = record.RequestSha256,
                ExpiresDay = InventorySql.ToDay(record.NotAfter),
            };

        public CertificateRecord ToRecord() =>
            new()
            {
                Id = CertificateId.Wrap(Id),
                Ordinal = Ordinal,
                Serial = Serial,
                Kind = WireNames.Parse<CertificateKind>(Kind),
                Status = WireNames.Parse<CertificateStatus>(Status),
                OrganizationId = OrganizationId,
                WorkspaceId = WorkspaceId,
                TunnelId = TunnelId,
                EnrollmentId = EnrollmentId,
                EdgeId = EdgeId,
                CaId = CaId,
                Identity = Identity,
                IssuedAt = Instants.FromStore(IssuedAtMs),
                NotBefore = Instants.FromStore(NotBeforeMs),
                NotAfter = Instants.FromStore(NotAfterMs),
                SpkiSha256 = SpkiSha256,
                IdempotencyKey = IdempotencyKey,
                RequestSha256 = RequestSha256,
                RevokedAt = Instants.FromStore(RevokedAtMs),
                RevocationReason = RevocationReason is { } reason ? RevocationReasons.Find(reason) : null,
                Fingerprint = Fingerprint,
            };
    }
}
