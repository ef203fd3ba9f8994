using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Hosting;
using Dapper;

namespace Culvert.Identity.Service.Storage.Certificates;

internal sealed class CertificateStore(Database database) : ICertificateStore
{
    internal const string Columns =
        "id AS Id, ordinal AS Ordinal, serial AS Serial, kind AS Kind, status AS Status, "
        + "organization_id AS OrganizationId, workspace_id AS WorkspaceId, tunnel_id AS TunnelId, "
        + "enrollment_id AS EnrollmentId, edge_id AS EdgeId, ca_id AS CaId, identity AS Identity, "
        + "issued_at_ms AS IssuedAt, not_before_ms AS NotBefore, not_after_ms AS NotAfter, spki_sha256 AS SpkiSha256, "
        + "idempotency_key AS IdempotencyKey, request_sha256 AS RequestSha256, revoked_at_ms AS RevokedAt, "
        + "revocation_reason AS RevocationReason, fingerprint AS Fingerprint";

    public Statement InsertIntent(CertificateRecord record) =>
        new Statement(
            "INSERT INTO certificates (id, ordinal, serial, kind, status, organization_id, workspace_id, tunnel_id, "
                + "enrollment_id, edge_id, ca_id, identity, issued_at_ms, not_before_ms, not_after_ms, spki_sha256, "
                + "idempotency_key, request_sha256, expires_day) "
                + "VALUES (@Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM certificates), @Serial, @Kind, 'intent', "
                + "@OrganizationId, @WorkspaceId, @TunnelId, @EnrollmentId, @EdgeId, @CaId, @Identity, @IssuedAt, "
                + "@NotBefore, @NotAfter, @SpkiSha256, @IdempotencyKey, @RequestSha256, @ExpiresDay)",
            new
            {
                Id = record.Id.Value,
                record.Serial,
                Kind = CertificateNames.Of(record.Kind),
                record.OrganizationId,
                record.WorkspaceId,
                record.TunnelId,
                record.EnrollmentId,
                record.EdgeId,
                record.CaId,
                record.Identity,
                IssuedAt = record.IssuedAt.ToStore(),
                NotBefore = record.NotBefore.ToStore(),
                NotAfter = record.NotAfter.ToStore(),
                record.SpkiSha256,
                record.IdempotencyKey,
                record.RequestSha256,
                ExpiresDay = InventorySql.DayOf(record.NotAfter),
            }
        ).Unique(IssuanceConflict.SerialUsed);

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
        ).ExpectingOne(IssuanceConflict.NotIntended);

    public Statement Void(CertificateId id) =>
        new Statement(
            "UPDATE certificates SET status = 'void' WHERE id = @id AND status = 'intent'",
            new { id = id.Value }
        ).ExpectingOne(IssuanceConflict.NotIntended);

    public async ValueTask<IReadOnlyList<CertificateRecord>> ListIntentsAsync(
        string serialPrefix,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(
                $"SELECT {Columns} FROM certificates WHERE status = 'intent' AND serial LIKE @pattern ORDER BY ordinal",
                new { pattern = serialPrefix + "%" },
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => row.ToRecord())];
    }

    public async ValueTask<DateTimeOffset?> LastNotAfterAsync(string authorityId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var last = await connection.QuerySingleAsync<long?>(
            new CommandDefinition(
                "SELECT MAX(not_after_ms) FROM certificates WHERE ca_id = @authorityId AND status <> 'void'",
                new { authorityId },
                cancellationToken: cancellationToken
            )
        );
        return last is { } milliseconds ? Instants.FromStore(milliseconds) : null;
    }

    public async ValueTask<IReadOnlyList<CertificateRecord>> ListAsync(
        CertificateFilter filter,
        long before,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(
                ListSql(filter),
                InventorySql.Parameters(filter, new InventoryPlace(0, before), count),
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => row.ToRecord())];
    }

    internal static string ListSql(CertificateFilter filter) =>
        InventorySql.Of(Columns, filter, InventorySql.NewestFirst);

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

        public long IssuedAt { get; init; }

        public long NotBefore { get; init; }

        public long NotAfter { get; init; }

        public string? SpkiSha256 { get; init; }

        public string? IdempotencyKey { get; init; }

        public string? RequestSha256 { get; init; }

        public long? RevokedAt { get; init; }

        public string? RevocationReason { get; init; }

        public string? Fingerprint { get; init; }

        public CertificateRecord ToRecord() =>
            new()
            {
                Id = CertificateId.Wrap(Id),
                Ordinal = Ordinal,
                Serial = Serial,
                Kind = CertificateNames.KindOf(Kind),
                Status = CertificateNames.StatusOf(Status),
                OrganizationId = OrganizationId,
                WorkspaceId = WorkspaceId,
                TunnelId = TunnelId,
                EnrollmentId = EnrollmentId,
                EdgeId = EdgeId,
                CaId = CaId,
                Identity = Identity,
                IssuedAt = Instants.FromStore(IssuedAt),
                NotBefore = Instants.FromStore(NotBefore),
                NotAfter = Instants.FromStore(NotAfter),
                SpkiSha256 = SpkiSha256,
                IdempotencyKey = IdempotencyKey,
                RequestSha256 = RequestSha256,
                RevokedAt = Instants.FromStore(RevokedAt),
                RevocationReason = RevocationReason is { } reason ? RevocationReasons.Find(reason) : null,
                Fingerprint = Fingerprint,
            };
    }
}
