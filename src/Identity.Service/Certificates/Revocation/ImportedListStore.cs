using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed class ImportedListStore(Database database)
{
    private const string Columns =
        "registered_certificate_id AS Id, tunnel_id AS TunnelId, revision AS Revision, number AS Number, "
        + "this_update_ms AS ThisUpdate, next_update_ms AS NextUpdate, entries AS Entries, "
        + "imported_at_ms AS ImportedAt";

    public ValueTask<ImportedRevocationList?> FindAsync(
        string registeredCertificateId,
        CancellationToken cancellationToken
    ) => FindAsync(Columns + ", list AS List", registeredCertificateId, cancellationToken);

    /// <summary>Like the full read, but without the list's bytes.</summary>
    public ValueTask<ImportedRevocationList?> FindHeadAsync(
        string registeredCertificateId,
        CancellationToken cancellationToken
    ) => FindAsync(Columns, registeredCertificateId, cancellationToken);

    private async ValueTask<ImportedRevocationList?> FindAsync(
        string columns,
        string registeredCertificateId,
        CancellationToken cancellationToken
    )
    {
        var row = await database.SingleOrDefaultAsync<Row>(
            $"SELECT {columns} FROM imported_revocation_lists "
                + "WHERE registered_certificate_id = @registeredCertificateId",
            new { registeredCertificateId },
            cancellationToken
        );
        return row?.ToList();
    }

    /// <summary>Replaces the previous revision, else <see cref="RevocationConflict.Published"/>.</summary>
    public Statement Put(ImportedRevocationList list)
    {
        var parameters = new
        {
            Id = list.RegisteredCertificateId,
            list.TunnelId,
            list.Revision,
            list.Number,
            ThisUpdate = list.ThisUpdate.ToStore(),
            NextUpdate = list.NextUpdate.ToStore(),
            Entries = (long)list.Entries,
            list.List,
            ImportedAt = list.ImportedAt.ToStore(),
        };
        return list.Revision == 1
            ? new Statement(
                "INSERT INTO imported_revocation_lists (registered_certificate_id, tunnel_id, revision, number, "
                    + "this_update_ms, next_update_ms, entries, list, imported_at_ms) VALUES (@Id, @TunnelId, @Revision, "
                    + "@Number, @ThisUpdate, @NextUpdate, @Entries, @List, @ImportedAt)",
                parameters
            ).Unique(RevocationConflict.Published)
            : new Statement(
                "UPDATE imported_revocation_lists SET revision = @Revision, number = @Number, "
                    + "this_update_ms = @ThisUpdate, next_update_ms = @NextUpdate, entries = @Entries, list = @List, "
                    + "imported_at_ms = @ImportedAt WHERE registered_certificate_id = @Id AND revision = @Revision - 1",
                parameters
            ).ExpectingOne(RevocationConflict.Published);
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string TunnelId { get; init; }

        public long Revision { get; init; }

        public required string Number { get; init; }

        public long ThisUpdate { get; init; }

        public long NextUpdate { get; init; }

        public long Entries { get; init; }

        public byte[] List { get; init; } = [];

        public long ImportedAt { get; init; }

        public ImportedRevocationList ToList() =>
            new()
            {
                RegisteredCertificateId = Id,
                TunnelId = TunnelId,
                Revision = Revision,
                Number = Number,
                ThisUpdate = Instants.FromStore(ThisUpdate),
                NextUpdate = Instants.FromStore(NextUpdate),
                Entries = (int)Entries,
                List = List,
                ImportedAt = Instants.FromStore(ImportedAt),
            };
    }
}
