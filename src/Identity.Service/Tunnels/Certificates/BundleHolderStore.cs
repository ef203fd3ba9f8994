using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>Which epoch of a tunnel's bundle each holder was sent, and which it acknowledged.</summary>
internal sealed class BundleHolderStore(Database database)
{
    private static readonly Columns<Row> Table = new("bundle_holders");

    private static readonly string Upsert =
        $"{Table.InsertValues} ON CONFLICT (tunnel_id, kind, holder) DO UPDATE SET "
        + "served_epoch = CASE WHEN excluded.served_epoch > bundle_holders.served_epoch "
        + "THEN excluded.served_epoch ELSE bundle_holders.served_epoch END, "
        + "heard_at_ms = CASE WHEN excluded.heard_at_ms > bundle_holders.heard_at_ms "
        + "THEN excluded.heard_at_ms ELSE bundle_holders.heard_at_ms END";

    public ValueTask<IReadOnlyList<KnownHolder>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken) =>
        QueryAsync("", new { tunnelId.Value }, cancellationToken);

    public async ValueTask<KnownHolder?> FindAsync(
        TunnelId tunnelId,
        HolderKind kind,
        string holder,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                " AND kind = @kind AND holder = @holder",
                new
                {
                    tunnelId.Value,
                    kind = WireNames.Get(kind),
                    holder,
                },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>Records a call and the epoch sent (0 = none). Neither value ever decreases.</summary>
    public Statement RecordContact(
        TunnelId tunnelId,
        HolderKind kind,
        string holder,
        long servedEpoch,
        DateTimeOffset at
    ) =>
        new(
            Upsert,
            new Row
            {
                TunnelId = tunnelId.Value,
                Kind = WireNames.Get(kind),
                Holder = holder,
                ServedEpoch = servedEpoch,
                HeardAtMs = at.ToStore(),
            }
        );

    /// <summary>Records an acknowledgement, but only of an epoch that was sent to it.</summary>
    public Statement Acknowledge(
        TunnelId tunnelId,
        HolderKind kind,
        string holder,
        long epoch,
        string by,
        DateTimeOffset at
    ) =>
        new(
            "UPDATE bundle_holders SET acknowledged_epoch = @epoch, acknowledged_by = @by, acknowledged_at_ms = @At "
                + "WHERE tunnel_id = @Value AND kind = @kind AND holder = @holder AND served_epoch >= @epoch",
            new
            {
                tunnelId.Value,
                kind = WireNames.Get(kind),
                holder,
                epoch,
                by,
                At = at.ToStore(),
            }
        );

    private async ValueTask<IReadOnlyList<KnownHolder>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(
            Table.Select + " WHERE tunnel_id = @Value" + condition,
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToHolder())];
    }

    private sealed record Row
    {
        public required string TunnelId { get; init; }

        public required string Kind { get; init; }

        public required string Holder { get; init; }

        public long ServedEpoch { get; init; }

        public long AcknowledgedEpoch { get; init; }

        public string? AcknowledgedBy { get; init; }

        public long? AcknowledgedAtMs { get; init; }

        public long HeardAtMs { get; init; }

        public KnownHolder ToHolder() =>
            new(
                WireNames.Parse<HolderKind>(Kind),
                Holder,
                ServedEpoch,
                AcknowledgedEpoch,
                AcknowledgedBy,
                Instants.FromStore(AcknowledgedAtMs),
                Instants.FromStore(HeardAtMs)
            );
    }
}
