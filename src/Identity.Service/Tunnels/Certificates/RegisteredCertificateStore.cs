using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>
/// A tunnel's trust anchors: trust-only ones, and certificates of staged service-held authorities (S14). Every change
/// also raises the tunnel's bundle epoch: the statements include that.
/// </summary>
internal sealed class RegisteredCertificateStore(Database database, TunnelStore tunnels)
{
    private static readonly Columns<Row> Table = new("registered_certificates");

    public async ValueTask<RegisteredCertificate?> FindAsync(
        string certificateId,
        CancellationToken cancellationToken
    ) => (await QueryAsync(" WHERE id = @certificateId", new { certificateId }, cancellationToken)).SingleOrDefault();

    public async ValueTask<RegisteredCertificate?> FindLiveAsync(
        TunnelId tunnelId,
        string fingerprint,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                " WHERE tunnel_id = @Value AND fingerprint = @fingerprint AND archived_at_ms IS NULL",
                new { tunnelId.Value, fingerprint },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>Newest first, one more than the page's size if there are more.</summary>
    public ValueTask<IReadOnlyList<RegisteredCertificate>> ListAsync(
        TunnelId tunnelId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE tunnel_id = @Value AND ordinal < @Before "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                tunnelId.Value,
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>The trust bundle's content, newest first: neither archived nor waiting for a second administrator.</summary>
    public ValueTask<IReadOnlyList<RegisteredCertificate>> ListLiveAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE tunnel_id = @Value AND archived_at_ms IS NULL AND added_at_ms IS NOT NULL ORDER BY ordinal DESC",
            new { tunnelId.Value },
            cancellationToken
        );

    /// <param name="duplicate">The refusal if the certificate is registered; null = stale.</param>
    public IReadOnlyList<Statement> Insert(RegisteredCertificate certificate, Refusal? duplicate = null)
    {
        var row = Row.Create(certificate);
        return
        [
            RaiseEpoch(certificate.TunnelId, certificate.AddedAt is null ? 0 : 1)
                .ExpectingOne(TunnelErrors.Archived.Refuse()),
            new Statement(
                "UPDATE tunnels SET bundle_epoch = bundle_epoch WHERE id = @TunnelId AND NOT EXISTS (SELECT 1 FROM "
                    + "registered_certificates WHERE tunnel_id = @TunnelId AND fingerprint = @Fingerprint "
                    + "AND archived_at_ms IS NULL)",
                row
            ).ExpectingOne(duplicate),
            Table
                .InsertWhere(
                    row,
                    "@OccupiesSlot = 0 OR (SELECT COUNT(*) FROM registered_certificates "
                        + "WHERE tunnel_id = @TunnelId AND archived_at_ms IS NULL AND occupies_slot = 1) < @Slots"
                )
                .ExpectingOne(TunnelErrors.CertificateLimit.Refuse()),
        ];
    }

    /// <summary>Stale when the tunnel has an anchor or a relying party: its bundle needs two administrators.</summary>
    public Statement RequireUnusedBundle(TunnelId tunnelId) =>
        new Statement(
            "UPDATE tunnels SET bundle_epoch = bundle_epoch WHERE id = @Value AND NOT EXISTS (SELECT 1 FROM "
                + "registered_certificates WHERE tunnel_id = @Value AND archived_at_ms IS NULL "
                + "AND added_at_ms IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM relying_parties "
                + "WHERE tunnel_id = @Value AND archived_at_ms IS NULL)",
            new { tunnelId.Value }
        ).ExpectingOne();

    /// <summary>Stale when it is archived or added already.</summary>
    public IReadOnlyList<Statement> Add(RegisteredCertificate certificate, DateTimeOffset at) =>
        [
            RaiseEpoch(certificate.TunnelId, 1).ExpectingOne(),
            new Statement(
                "UPDATE registered_certificates SET added_at_ms = @At, pending = NULL, requested_by = NULL, "
                    + "requested_person = NULL, added_epoch = (SELECT bundle_epoch FROM tunnels WHERE id = @TunnelId) "
                    + "WHERE id = @Id AND archived_at_ms IS NULL AND added_at_ms IS NULL",
                new
                {
                    Id = certificate.Id.Value,
                    TunnelId = certificate.TunnelId.Value,
                    At = at.ToStore(),
                }
            ).ExpectingOne(),
        ];

    /// <summary>Stale when it is archived, or another change is pending.</summary>
    public Statement RequestRemoval(RegisteredCertificate certificate, PendingChange change) =>
        new Statement(
            "UPDATE registered_certificates SET pending = @Kind, requested_by = @RequestedBy, "
                + "requested_person = @Person WHERE id = @Id AND archived_at_ms IS NULL AND pending IS NULL",
            new
            {
                Id = certificate.Id.Value,
                change.Kind,
                change.RequestedBy,
                change.Person,
            }
        ).ExpectingOne();

    /// <summary>Stale when it is archived already, or was added in the meantime.</summary>
    public IReadOnlyList<Statement> Archive(RegisteredCertificate certificate, DateTimeOffset at)
    {
        // A certificate that was never in the bundle has no removal epoch.
        var isAdded = certificate.AddedAt is not null;
        var archive = new Statement(
            "UPDATE registered_certificates SET archived_at_ms = @At, occupies_slot = 0, pending = NULL, "
                + "requested_by = NULL, requested_person = NULL, removed_epoch = CASE WHEN added_at_ms IS NULL THEN NULL "
                + "ELSE (SELECT bundle_epoch + 1 FROM tunnels WHERE id = @TunnelId) END "
                + $"WHERE id = @Id AND archived_at_ms IS NULL AND added_at_ms IS {(isAdded ? "NOT NULL" : "NULL")}",
            new
            {
                Id = certificate.Id.Value,
                TunnelId = certificate.TunnelId.Value,
                At = at.ToStore(),
            }
        ).ExpectingOne();
        return isAdded ? [archive, tunnels.RaiseBundleEpoch(certificate.TunnelId)] : [archive];
    }

    /// <summary>A retiring or tainted authority's anchor stays listed but releases its slot (S14).</summary>
    public Statement ReleaseSlot(RegisteredCertificateId id) =>
        new("UPDATE registered_certificates SET occupies_slot = 0 WHERE id = @Id", new { Id = id.Value });

    /// <summary>Refused when both slots are occupied.</summary>
    public Statement AcquireSlot(TunnelId tunnelId, RegisteredCertificateId id) =>
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
        ).ExpectingOne(TunnelErrors.CertificateLimit.Refuse());

    private static Statement RaiseEpoch(TunnelId tunnelId, long by) =>
        new(
            "UPDATE tunnels SET bundle_epoch = bundle_epoch + @by WHERE id = @Value AND archived_at_ms IS NULL",
            new { tunnelId.Value, by }
        );

    private async ValueTask<IReadOnlyList<RegisteredCertificate>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToCertificate())];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        public required string TunnelId { get; init; }

        public required string Fingerprint { get; init; }

        public required string CertificatePem { get; init; }

        public required string IssuersPem { get; init; }

        public string? AuthorityId { get; init; }

        public long OccupiesSlot { get; init; }

        public long CreatedAtMs { get; init; }

        public long? AddedAtMs { get; init; }

        public long ExpiresAtMs { get; init; }

        public long? ArchivedAtMs { get; init; }

        [Computed(Insert = "(SELECT bundle_epoch FROM tunnels WHERE id = @TunnelId)")]
        public long AddedEpoch { get; init; }

        public long? RemovedEpoch { get; init; }

        public string? Pending { get; init; }

        public string? RequestedBy { get; init; }

        public string? RequestedPerson { get; init; }

        [WriteOnly]
        public string? SpkiSha256 { get; init; }

        public long Slots { get; } = TunnelSlots.Count;

        public static Row Create(RegisteredCertificate certificate) =>
            new()
            {
                Id = certificate.Id.Value,
                TunnelId = certificate.TunnelId.Value,
                Fingerprint = certificate.Fingerprint,
                CertificatePem = certificate.CertificatePem,
                IssuersPem = certificate.IssuersPem,
                AuthorityId = certificate.AuthorityId,
                OccupiesSlot = certificate.OccupiesSlot ? 1L : 0L,
                CreatedAtMs = certificate.CreatedAt.ToStore(),
                AddedAtMs = certificate.AddedAt.ToStore(),
                ExpiresAtMs = certificate.ExpiresAt.ToStore(),
                Pending = certificate.Pending?.Kind,
                RequestedBy = certificate.Pending?.RequestedBy,
                RequestedPerson = certificate.Pending?.Person,
                SpkiSha256 = RegisteredCertificate.HashKey(certificate.CertificatePem),
            };

        public RegisteredCertificate ToCertificate() =>
            new()
            {
                Id = RegisteredCertificateId.Wrap(Id),
                Ordinal = Ordinal,
                TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
                Fingerprint = Fingerprint,
                CertificatePem = CertificatePem,
                IssuersPem = IssuersPem,
                AuthorityId = AuthorityId,
                OccupiesSlot = OccupiesSlot != 0,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                AddedAt = Instants.FromStore(AddedAtMs),
                ExpiresAt = Instants.FromStore(ExpiresAtMs),
                ArchivedAt = Instants.FromStore(ArchivedAtMs),
                AddedEpoch = AddedEpoch,
                RemovedEpoch = RemovedEpoch,
                Pending = Pending is null ? null : new PendingChange(Pending, RequestedBy!, RequestedPerson!),
            };
    }
}
