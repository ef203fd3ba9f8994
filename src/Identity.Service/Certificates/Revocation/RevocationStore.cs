using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed class RevocationStore(Database database)
{
    private static readonly Columns<PointRow> Points = new("revocation_points");
    private static readonly Columns<ListRow> Lists = new("revocation_lists");

    /// <summary>The columns of a list without its bytes.</summary>
    private static readonly string Heads = Lists.NamesWithout("list");

    private static readonly string InsertNewPoint = $"{Points.InsertValues} ON CONFLICT (ca_id) DO NOTHING";

    private static readonly string InsertNewSerial =
        $"{CertificateStore.Table.InsertValues} ON CONFLICT (serial) DO NOTHING";

    private const string Publishing =
        "JOIN (SELECT id, not_after_ms AS end_ms FROM certificate_authorities WHERE not_after_ms >= @now "
        + "AND state IN ('staged', 'active', 'suspended', 'retiring', 'tainted')) AS publishing ON id = ca_id";

    /// <summary>Also marks the list as out of date. Stale if revoked already.</summary>
    /// <param name="shard">Null when the authority publishes no lists.</param>
    public IReadOnlyList<Statement> Revoke(
        CertificateRecord certificate,
        RevocationReason reason,
        int? shard,
        DateTimeOffset at
    ) =>
        [
            new Statement(
                "UPDATE certificates SET revoked_at_ms = @at, revocation_reason = @reason, crl_shard = @shard "
                    + "WHERE id = @id AND revoked_at_ms IS NULL",
                new
                {
                    id = certificate.Id.Value,
                    at = at.ToStore(),
                    reason = RevocationReasons.GetName(reason),
                    shard = (long?)shard,
                }
            ).ExpectingOne(),
            .. Outdate(certificate, shard),
        ];

    /// <summary>Inserts the row of a certificate whose record was lost, unless the serial number has a row.</summary>
    public Statement InsertLost(CertificateRecord lost) => new(InsertNewSerial, CertificateStore.Row.Create(lost));

    /// <summary>Also marks the list as out of date. Stale if that is the reason already.</summary>
    public IReadOnlyList<Statement> Worsen(CertificateRecord certificate, int? shard) =>
        [
            new Statement(
                "UPDATE certificates SET revocation_reason = 'keyCompromise' "
                    + "WHERE id = @id AND revoked_at_ms IS NOT NULL AND revocation_reason <> 'keyCompromise'",
                new { id = certificate.Id.Value }
            ).ExpectingOne(),
            .. Outdate(certificate, shard),
        ];

    /// <summary>
    /// Lists the serial numbers of unexpired revoked certificates of agents and edges. Feeds do not contain
    /// certificates of rotation jobs, so these are left out.
    /// </summary>
    public async ValueTask<IReadOnlyList<RevokedSerial>> ListUnexpiredAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Serial, string Kind, string? TunnelId)>(
            UnexpiredSql,
            new { now = now.ToStore() },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new RevokedSerial(
                row.Serial,
                WireNames.Parse<CertificateKind>(row.Kind),
                row.TunnelId
            )),
        ];
    }

    /// <summary>The OCSP state of a serial number; null when the authority never issued it.</summary>
    /// <param name="caId">Null for the platform CA.</param>
    /// <param name="serial">Lower-case hex.</param>
    public async ValueTask<RevocationStatus?> FindStatusAsync(
        string? caId,
        string serial,
        CancellationToken cancellationToken
    )
    {
        var row = await database.SingleOrDefaultAsync<StatusRow>(
            StatusSql + (caId is null ? "ca_id IS NULL" : "ca_id = @caId"),
            new { caId, serial },
            cancellationToken
        );
        return row?.ToStatus();
    }

    /// <summary>How the lists of an authority are divided; null = it has none.</summary>
    public async ValueTask<RevocationPoint?> FindPointAsync(string caId, CancellationToken cancellationToken)
    {
        var row = await database.SingleOrDefaultAsync<PointRow>(
            Points.Select + " WHERE ca_id = @caId",
            new { caId },
            cancellationToken
        );
        return row?.ToPoint();
    }

    public async ValueTask<IReadOnlyList<RevocationPoint>> ListPointsAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<PointRow>(Points.Select, cancellationToken);
        return [.. rows.Select(row => row.ToPoint())];
    }

    /// <summary>
    /// Inserts the point of a new authority with its empty, unsigned lists. Does nothing when it exists.
    /// </summary>
    public IReadOnlyList<Statement> InsertPoint(RevocationPoint point) =>
        [
            new Statement(
                InsertNewPoint,
                new PointRow
                {
                    CaId = point.CaId,
                    Shards = point.Shards,
                    BaseUrl = point.BaseUrl,
                    CreatedAtMs = point.CreatedAt.ToStore(),
                }
            ),
            // One statement for all shards, whose number is in the existing row.
            new Statement(
                "INSERT INTO revocation_lists (ca_id, shard, number, wanted, built, this_update_ms, next_update_ms, "
                    + "entries) WITH RECURSIVE numbers (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM "
                    + "numbers WHERE n < 4095) SELECT p.ca_id, numbers.n, 0, 1, 0, 0, 0, 0 FROM revocation_points p, "
                    + "numbers WHERE p.ca_id = @CaId AND numbers.n < p.shards ON CONFLICT (ca_id, shard) DO NOTHING",
                new { point.CaId }
            ),
        ];

    /// <summary>
    /// Lists that are out of date, or expire before <paramref name="endingBefore"/> and before their authority does;
    /// without bytes. Excludes authorities that publish no more, or have expired by <paramref name="now"/>.
    /// </summary>
    public async ValueTask<IReadOnlyList<StoredRevocationList>> ListDueAsync(
        DateTimeOffset now,
        DateTimeOffset endingBefore,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<ListRow>(
            $"SELECT {Heads} FROM revocation_lists {Publishing} WHERE wanted <> built UNION "
                + $"SELECT {Heads} FROM revocation_lists {Publishing} WHERE next_update_ms < @before "
                + "AND next_update_ms < end_ms ORDER BY ca_id, shard",
            new { now = now.ToStore(), before = endingBefore.ToStore() },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToList())];
    }

    public ValueTask<StoredRevocationList?> FindListAsync(
        string caId,
        int shard,
        CancellationToken cancellationToken
    ) => FindAsync(Lists.Names, caId, shard, cancellationToken);

    /// <summary>A list without its bytes.</summary>
    public ValueTask<StoredRevocationList?> FindHeadAsync(
        string caId,
        int shard,
        CancellationToken cancellationToken
    ) => FindAsync(Heads, caId, shard, cancellationToken);

    private async ValueTask<StoredRevocationList?> FindAsync(
        string columns,
        string caId,
        int shard,
        CancellationToken cancellationToken
    )
    {
        var row = await database.SingleOrDefaultAsync<ListRow>(
            $"SELECT {columns} FROM revocation_lists WHERE ca_id = @caId AND shard = @shard",
            new { caId, shard = (long)shard },
            cancellationToken
        );
        return row?.ToList();
    }

    /// <summary>
    /// Lists revoked certificates that expire at <paramref name="endedAfter"/> or later, in the order of serial
    /// numbers.
    /// </summary>
    public async ValueTask<IReadOnlyList<RevokedEntry>> ListEntriesAsync(
        string caId,
        int shard,
        DateTimeOffset endedAfter,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        await using var rows = await connection.ExecuteReaderAsync(
            new CommandDefinition(
                EntriesSql,
                new
                {
                    caId,
                    shard = (long)shard,
                    after = endedAfter.ToStore(),
                },
                cancellationToken: cancellationToken
            )
        );
        // Row by row, without a mapper: building all lists reads up to a million revocations.
        List<(string Serial, RevokedEntry Entry)> entries = [];
        var isInOrder = true;
        while (await rows.ReadAsync(cancellationToken))
        {
            var serial = rows.GetString(0);
            isInOrder &= entries.Count == 0 || string.CompareOrdinal(entries[^1].Serial, serial) < 0;
            entries.Add(
                (
                    serial,
                    new RevokedEntry(
                        Convert.FromHexString(serial),
                        DateTimeOffset.FromUnixTimeSeconds(rows.GetInt64(1) / 1000),
                        RevocationReasons.Find(rows.GetString(2)) ?? RevocationReason.Unspecified
                    )
                )
            );
        }

        // Serial numbers have the same length, so hex order is numeric order; the database's collation may differ.
        if (!isInOrder)
        {
            entries.Sort((one, other) => string.CompareOrdinal(one.Serial, other.Serial));
        }

        return [.. entries.Select(row => row.Entry)];
    }

    /// <summary>The expiry of those of these serial numbers that are in the inventory.</summary>
    public async ValueTask<IReadOnlyDictionary<string, DateTimeOffset>> EndsAsync(
        IReadOnlyList<string> serials,
        CancellationToken cancellationToken
    )
    {
        var rows = await IdLists.ReadAsync<(string Serial, long NotAfter)>(
            serials,
            async some =>
                await database.QueryAsync<(string, long)>(
                    "SELECT serial, not_after_ms FROM certificates WHERE " + database.AnyOf("serial", "@some"),
                    new { some },
                    cancellationToken
                )
        );
        return rows.ToDictionary(row => row.Serial, row => Instants.FromStore(row.NotAfter));
    }

    /// <summary>Replaces list <paramref name="replaced"/>; stale if another node has replaced it.</summary>
    public Statement Publish(StoredRevocationList list, long replaced) =>
        Lists
            .Update(
                ListRow.Create(list) with
                {
                    Replaced = replaced,
                },
                "ca_id = @CaId AND shard = @Shard AND number = @Replaced"
            )
            .ExpectingOne();

    // Only certificates of machines, as their index has them: rotation jobs read lists.
    internal const string UnexpiredSql =
        "SELECT serial, kind, tunnel_id FROM certificates WHERE revoked_at_ms IS NOT NULL "
        + "AND (enrollment_id IS NOT NULL OR kind = 'edge') AND not_after_ms >= @now";

    // Intents and void certificates exist for OCSP only once revoked: a crash may lose the record of a signature.
    private const string StatusSql =
        "SELECT revoked_at_ms, revocation_reason FROM certificates "
        + "WHERE serial = @serial AND (status = 'issued' OR revoked_at_ms IS NOT NULL) AND ";

    // The sum keeps planners from using the index by expiry, which finds every certificate of the authority.
    internal const string EntriesSql =
        "SELECT serial, revoked_at_ms, revocation_reason FROM certificates "
        + "WHERE ca_id = @caId AND crl_shard = @shard AND revoked_at_ms IS NOT NULL AND not_after_ms + 0 >= @after";

    private static IEnumerable<Statement> Outdate(CertificateRecord certificate, int? shard) =>
        shard is null
            ? []
            :
            [
                new Statement(
                    "UPDATE revocation_lists SET wanted = wanted + 1 WHERE ca_id = @CaId AND shard = @shard",
                    new { certificate.CaId, shard = (long)shard }
                ),
            ];

    private sealed record StatusRow
    {
        public long? RevokedAtMs { get; init; }

        public string? RevocationReason { get; init; }

        public RevocationStatus ToStatus() =>
            new(
                Instants.FromStore(RevokedAtMs),
                RevocationReason is { } reason ? RevocationReasons.Find(reason) : null
            );
    }

    private sealed record PointRow
    {
        public required string CaId { get; init; }

        public long Shards { get; init; }

        public required string BaseUrl { get; init; }

        public long CreatedAtMs { get; init; }

        public RevocationPoint ToPoint() => new(CaId, (int)Shards, BaseUrl, Instants.FromStore(CreatedAtMs));
    }

    private sealed record ListRow
    {
        [InsertOnly]
        public required string CaId { get; init; }

        [InsertOnly]
        public long Shard { get; init; }

        public long Number { get; init; }

        [InsertOnly]
        public long Wanted { get; init; }

        public long Built { get; init; }

        public long ThisUpdateMs { get; init; }

        public long NextUpdateMs { get; init; }

        public long Entries { get; init; }

        public byte[]? List { get; init; }

        /// <summary>The number of the list that this one replaces.</summary>
        [NotMapped]
        public long Replaced { get; init; }

        public static ListRow Create(StoredRevocationList list) =>
            new()
            {
                CaId = list.CaId,
                Shard = list.Shard,
                Number = list.Number,
                Built = list.Built,
                ThisUpdateMs = list.ThisUpdate.ToStore(),
                NextUpdateMs = list.NextUpdate.ToStore(),
                Entries = list.Entries,
                List = list.List,
            };

        public StoredRevocationList ToList() =>
            new()
            {
                CaId = CaId,
                Shard = (int)Shard,
                Number = Number,
                Wanted = Wanted,
                Built = Built,
                ThisUpdate = Instants.FromStore(ThisUpdateMs),
                NextUpdate = Instants.FromStore(NextUpdateMs),
                Entries = (int)Entries,
                List = List,
            };
    }
}
