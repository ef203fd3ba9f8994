using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;
using Dapper;

namespace Culvert.Identity.Service.Storage.Tunnels;

internal sealed class RegisteredCertificateStore(Database database, ITunnelStore tunnels) : IRegisteredCertificateStore
{
    private const string Columns =
        "id AS Id, ordinal AS Ordinal, tunnel_id AS TunnelId, fingerprint AS Fingerprint, "
        + "certificate_pem AS CertificatePem, issuers_pem AS IssuersPem, authority_id AS AuthorityId, "
        + "occupies_slot AS OccupiesSlot, created_at_ms AS CreatedAt, expires_at_ms AS ExpiresAt, "
        + "archived_at_ms AS ArchivedAt, added_epoch AS AddedEpoch, removed_epoch AS RemovedEpoch";

    public async ValueTask<RegisteredCertificate?> FindAsync(
        string certificateId,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM registered_certificates WHERE id = @certificateId",
                new { certificateId },
                cancellationToken
            )
        ).SingleOrDefault();

    public async ValueTask<RegisteredCertificate?> FindLiveAsync(
        TunnelId tunnelId,
        string fingerprint,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM registered_certificates WHERE tunnel_id = @Value "
                    + "AND fingerprint = @fingerprint AND archived_at_ms IS NULL",
                new { tunnelId.Value, fingerprint },
                cancellationToken
            )
        ).SingleOrDefault();

    public ValueTask<IReadOnlyList<RegisteredCertificate>> ListAsync(
        TunnelId tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM registered_certificates WHERE tunnel_id = @Value AND ordinal < @Before "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                tunnelId.Value,
                page.Before,
                Archived = page.IncludeArchived ? 1L : 0L,
                Count = page.Limit + 1,
            },
            cancellationToken
        );

    public ValueTask<IReadOnlyList<RegisteredCertificate>> ListLiveAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM registered_certificates WHERE tunnel_id = @Value AND archived_at_ms IS NULL "
                + "ORDER BY ordinal DESC",
            new { tunnelId.Value },
            cancellationToken
        );

    public IReadOnlyList<Statement> Insert(RegisteredCertificate certificate)
    {
        var tunnelId = certificate.TunnelId.Value;
        return
        [
            new Statement(
                "UPDATE tunnels SET bundle_epoch = bundle_epoch + 1 WHERE id = @tunnelId AND archived_at_ms IS NULL",
                new { tunnelId }
            ).ExpectingOne(TunnelConflict.Stale),
            new Statement(
                "UPDATE tunnels SET bundle_epoch = bundle_epoch WHERE id = @tunnelId AND NOT EXISTS (SELECT 1 FROM "
                    + "registered_certificates WHERE tunnel_id = @tunnelId AND fingerprint = @Fingerprint "
                    + "AND archived_at_ms IS NULL)",
                new { tunnelId, certificate.Fingerprint }
            ).ExpectingOne(TunnelConflict.AlreadyRegistered),
            new Statement(
                "INSERT INTO registered_certificates (id, ordinal, tunnel_id, fingerprint, certificate_pem, "
                    + "issuers_pem, authority_id, occupies_slot, created_at_ms, expires_at_ms, added_epoch, "
                    + "spki_sha256) "
                    + "SELECT @Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM registered_certificates), @tunnelId, "
                    + "@Fingerprint, @CertificatePem, @IssuersPem, @AuthorityId, @OccupiesSlot, @CreatedAt, @ExpiresAt, "
                    + "(SELECT bundle_epoch FROM tunnels WHERE id = @tunnelId), @SpkiSha256 "
                    + "WHERE @OccupiesSlot = 0 OR (SELECT COUNT(*) FROM registered_certificates "
                    + "WHERE tunnel_id = @tunnelId AND archived_at_ms IS NULL AND occupies_slot = 1) < @Slots",
                new
                {
                    Id = certificate.Id.Value,
                    tunnelId,
                    certificate.Fingerprint,
                    certificate.CertificatePem,
                    certificate.IssuersPem,
                    certificate.AuthorityId,
                    OccupiesSlot = certificate.OccupiesSlot ? 1L : 0L,
                    CreatedAt = certificate.CreatedAt.ToStore(),
                    ExpiresAt = certificate.ExpiresAt.ToStore(),
                    Slots = TunnelSlots.Count,
                    SpkiSha256 = AnchorKeys.HashOf(certificate.CertificatePem),
                }
            ).ExpectingOne(TunnelConflict.SlotsTaken),
        ];
    }

    public IReadOnlyList<Statement> Archive(RegisteredCertificate certificate, DateTimeOffset at) =>
        [
            new Statement(
                "UPDATE registered_certificates SET archived_at_ms = @At, occupies_slot = 0, removed_epoch = "
                    + "(SELECT bundle_epoch + 1 FROM tunnels WHERE id = @TunnelId) "
                    + "WHERE id = @Id AND archived_at_ms IS NULL",
                new
                {
                    Id = certificate.Id.Value,
                    TunnelId = certificate.TunnelId.Value,
                    At = at.ToStore(),
                }
            ).ExpectingOne(TunnelConflict.Stale),
            tunnels.RaiseBundleEpoch(certificate.TunnelId),
        ];

    public Statement ReleaseSlot(RegisteredCertificateId id) =>
        new("UPDATE registered_certificates SET occupies_slot = 0 WHERE id = @Id", new { Id = id.Value });

    public Statement TakeSlot(TunnelId tunnelId, RegisteredCertificateId id) =>
        new Statement(
            "UPDATE registered_certificates SET occupies_slot = 1 WHERE id = @Id AND archived_at_ms IS NULL AND "
                + "(occupies_slot = 1 OR (SELECT COUNT(*) FROM registered_certificates WHERE tunnel_id = @TunnelId "
                + "AND archived_at_ms IS NULL AND occupies_slot = 1) < @Slots)",
            new
            {
                Id = id.Value,
                TunnelId = tunnelId.Value,
                Slots = TunnelSlots.Count,
            }
        ).ExpectingOne(TunnelConflict.SlotsTaken);

    private async ValueTask<IReadOnlyList<RegisteredCertificate>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<RegisteredCertificateRow>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)
        );
        return [.. rows.Select(row => row.ToCertificate())];
    }
}
