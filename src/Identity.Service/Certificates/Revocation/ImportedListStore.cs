using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed class ImportedListStore(Database database)
{
    private static readonly Columns<Row> Table = new("imported_revocation_lists");

    private static readonly string Head = Table.NamesWithout("list");

    public ValueTask<ImportedRevocationList?> FindAsync(
        string registeredCertificateId,
        CancellationToken cancellationToken
    ) => FindAsync(Table.Names, registeredCertificateId, cancellationToken);

    /// <summary>Like the full read, but without the list's bytes.</summary>
    public ValueTask<ImportedRevocationList?> FindHeadAsync(
        string registeredCertificateId,
        CancellationToken cancellationToken
    ) => FindAsync(Head, registeredCertificateId, cancellationToken);

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

    /// <summary>Replaces the previous revision; refused if another caller has replaced it.</summary>
    public Statement Put(ImportedRevocationList list)
    {
        var row = Row.Create(list);
        var refusal = new CaRefusal(
            CaErrorCodes.CrlNumberBackwards,
            "Another list was imported at the same time."
        ).ToRefusal();
        return list.Revision == 1
            ? Table.Insert(row).Unique(refusal)
            : Table
                .Update(row, "registered_certificate_id = @RegisteredCertificateId AND revision = @Revision - 1")
                .ExpectingOne(refusal);
    }

    private sealed record Row
    {
        [InsertOnly]
        public required string RegisteredCertificateId { get; init; }

        [InsertOnly]
        public required string TunnelId { get; init; }

        public long Revision { get; init; }

        public required string Number { get; init; }

        public long ThisUpdateMs { get; init; }

        public long NextUpdateMs { get; init; }

        public long Entries { get; init; }

        public byte[] List { get; init; } = [];

        public long ImportedAtMs { get; init; }

        public static Row Create(ImportedRevocationList list) =>
            new()
            {
                RegisteredCertificateId = list.RegisteredCertificateId,
                TunnelId = list.TunnelId,
                Revision = list.Revision,
                Number = list.Number,
                ThisUpdateMs = list.ThisUpdate.ToStore(),
                NextUpdateMs = list.NextUpdate.ToStore(),
                Entries = list.Entries,
                List = list.List,
                ImportedAtMs = list.ImportedAt.ToStore(),
            };

        public ImportedRevocationList ToList() =>
            new()
            {
                RegisteredCertificateId = RegisteredCertificateId,
                TunnelId = TunnelId,
                Revision = Revision,
                Number = Number,
                ThisUpdate = Instants.FromStore(ThisUpdateMs),
                NextUpdate = Instants.FromStore(NextUpdateMs),
                Entries = (int)Entries,
                List = List,
                ImportedAt = Instants.FromStore(ImportedAtMs),
            };
    }
}
