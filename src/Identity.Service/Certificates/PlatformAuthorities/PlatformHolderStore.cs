using Culvert.Identity.Service.Storage;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>Which epoch of the platform's bundle each machine was sent, and which it acknowledged.</summary>
internal sealed class PlatformHolderStore(Database database)
{
    /// <summary>Unrevoked agents and unarchived edges whose certificate is unexpired.</summary>
    public async ValueTask<IReadOnlyList<PlatformMachine>> ListAsync(
        string trustDomain,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var known = (
            await database.QueryAsync<(string Holder, long Served, long Acknowledged, string? By)>(
                "SELECT holder, served_epoch, acknowledged_epoch, acknowledged_by FROM platform_holders",
                cancellationToken
            )
        ).ToDictionary(row => row.Holder, StringComparer.Ordinal);
        var agents = await database.QueryAsync<AgentRow>(
            "SELECT e.id, e.organization_id, e.tunnel_id, e.instance_id, e.certificate_serial, h.heard_at_ms "
                + "FROM enrollments e LEFT JOIN bundle_holders h ON h.tunnel_id = e.tunnel_id AND h.kind = 'agent' "
                + "AND h.holder = e.instance_id WHERE e.revoked_at_ms IS NULL AND e.certificate_not_after_ms >= @now",
            new { now = now.ToStore() },
            cancellationToken
        );
        var edges = await database.QueryAsync<(string Id, string Name, string? Serial)>(
            "SELECT n.edge_id, e.name, n.certificate_serial FROM edge_enrollments n JOIN edges e ON e.id = n.edge_id "
                + "WHERE e.archived_at_ms IS NULL AND n.certificate_not_after_ms >= @now",
            new { now = now.ToStore() },
            cancellationToken
        );
        return
        [
            .. agents.Select(row => ToAgent(row, trustDomain, known)),
            .. edges.Select(row => ToEdge(row, trustDomain, known)),
        ];
    }

    /// <summary>Records that the epoch was sent; never goes back.</summary>
    public Statement Serve(string spiffeId, long epoch) =>
        new(
            "INSERT INTO platform_holders (holder, served_epoch, acknowledged_epoch) VALUES (@spiffeId, @epoch, 0) "
                + "ON CONFLICT (holder) DO UPDATE SET served_epoch = excluded.served_epoch "
                + "WHERE excluded.served_epoch > platform_holders.served_epoch",
            new { spiffeId, epoch }
        );

    /// <summary>Records an acknowledgement, but only of an epoch that was sent.</summary>
    public Statement Acknowledge(string spiffeId, long epoch, string serial) =>
        new(
            "UPDATE platform_holders SET acknowledged_epoch = @epoch, acknowledged_by = @serial "
                + "WHERE holder = @spiffeId AND served_epoch >= @epoch",
            new
            {
                spiffeId,
                epoch,
                serial,
            }
        );

    private static PlatformMachine ToAgent(
        AgentRow row,
        string trustDomain,
        Dictionary<string, (string Holder, long Served, long Acknowledged, string? By)> known
    )
    {
        var spiffeId = InstanceId.TryParse(row.InstanceId, out var instance)
            ? SpiffeId.Agent(trustDomain, row.OrganizationId, row.TunnelId, instance).ToString()
            : row.Id;
        var (served, acknowledged) = GetSteps(known, spiffeId, row.CertificateSerial);
        return new PlatformMachine(
            IsEdge: false,
            spiffeId,
            row.Id,
            row.InstanceId,
            row.TunnelId,
            served,
            acknowledged,
            Instants.FromStore(row.HeardAtMs)
        );
    }

    private static PlatformMachine ToEdge(
        (string Id, string Name, string? Serial) row,
        string trustDomain,
        Dictionary<string, (string Holder, long Served, long Acknowledged, string? By)> known
    )
    {
        var spiffeId = SpiffeId.Edge(trustDomain, row.Id).ToString();
        var (served, acknowledged) = GetSteps(known, spiffeId, row.Serial);
        return new PlatformMachine(
            IsEdge: true,
            spiffeId,
            row.Id,
            row.Name,
            TunnelId: null,
            served,
            acknowledged,
            HeardAt: null
        );
    }

    // A report counts only from the machine's current certificate: after each renewal it reports again (S17).
    private static (long Served, long Acknowledged) GetSteps(
        Dictionary<string, (string Holder, long Served, long Acknowledged, string? By)> known,
        string spiffeId,
        string? serial
    ) =>
        known.TryGetValue(spiffeId, out var word)
            ? (word.Served, word.By is not null && word.By == serial ? word.Acknowledged : 0)
            : (0, 0);

    private sealed record AgentRow
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string TunnelId { get; init; }

        public required string InstanceId { get; init; }

        public string? CertificateSerial { get; init; }

        public long? HeardAtMs { get; init; }
    }
}
