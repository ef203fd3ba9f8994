using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>Which epoch of a tunnel's bundle each holder was sent, and which it acknowledged.</summary>
internal sealed class BundleHolderStore(Database database)
{
    private const string Columns =
        "kind AS Kind, holder AS Holder, served_epoch AS Served, acknowledged_epoch AS Acknowledged, "
        + "acknowledged_by AS AcknowledgedBy, acknowledged_at_ms AS AcknowledgedAt, heard_at_ms AS HeardAt";

    public ValueTask<IReadOnlyList<KnownHolder>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken) =>
        QueryAsync(
            $"SELECT {Columns} FROM bundle_holders WHERE tunnel_id = @Value",
            new { tunnelId.Value },
            cancellationToken
        );

    public async ValueTask<KnownHolder?> FindAsync(
        TunnelId tunnelId,
        HolderKind kind,
        string holder,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM bundle_holders WHERE tunnel_id = @Value AND kind = @kind AND holder = @holder",
                new
                {
                    tunnelId.Value,
                    kind = WireNames.Of(kind),
                    holder,
                },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>Records a call and the epoch sent (0 = none). Neither value ever decreases.</summary>
    public Statement Heard(TunnelId tunnelId, HolderKind kind, string holder, long servedEpoch, DateTimeOffset at) =>
        new(
            "INSERT INTO bundle_holders (tunnel_id, kind, holder, served_epoch, acknowledged_epoch, heard_at_ms) "
                + "VALUES (@Value, @kind, @holder, @servedEpoch, 0, @At) "
                + "ON CONFLICT (tunnel_id, kind, holder) DO UPDATE SET "
                + "served_epoch = CASE WHEN excluded.served_epoch > bundle_holders.served_epoch "
                + "THEN excluded.served_epoch ELSE bundle_holders.served_epoch END, "
                + "heard_at_ms = CASE WHEN excluded.heard_at_ms > bundle_holders.heard_at_ms "
                + "THEN excluded.heard_at_ms ELSE bundle_holders.heard_at_ms END",
            new
            {
                tunnelId.Value,
                kind = WireNames.Of(kind),
                holder,
                servedEpoch,
                At = at.ToStore(),
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
                kind = WireNames.Of(kind),
                holder,
                epoch,
                by,
                At = at.ToStore(),
            }
        );

    private async ValueTask<IReadOnlyList<KnownHolder>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToHolder())];
    }

    private sealed record Row
    {
        public required string Kind { get; init; }

        public required string Holder { get; init; }

        public long Served { get; init; }

        public long Acknowledged { get; init; }

        public string? AcknowledgedBy { get; init; }

        public long? AcknowledgedAt { get; init; }

        public long HeardAt { get; init; }

        public KnownHolder ToHolder() =>
            new(
                WireNames.Parse<HolderKind>(Kind),
                Holder,
                Served,
                Acknowledged,
                AcknowledgedBy,
                Instants.FromStore(AcknowledgedAt),
                Instants.FromStore(HeardAt)
            );
    }
}
