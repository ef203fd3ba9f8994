using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

internal sealed record TunnelRow
{
    public required string Id { get; init; }

    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public string? DisplayName { get; init; }

    public required string Domain { get; init; }

    public long CreatedAt { get; init; }

    public long? ArchivedAt { get; init; }

    public long Revision { get; init; }

    public required string ClientSourceRanges { get; init; }

    public required string AgentSourceRanges { get; init; }

    public required string ClientRangeSets { get; init; }

    public long? LimitMaxConnections { get; init; }

    public string? LimitNewConnections { get; init; }

    public long? LimitBytesPerSecond { get; init; }

    public long? LimitOpenStreams { get; init; }

    public required string Affinity { get; init; }

    public long? OfflineGraceSeconds { get; init; }

    public long? PublicPort { get; init; }

    public long? PausedAt { get; init; }

    public long AllowTunnelToken { get; init; }

    public required string EdgeIds { get; init; }

    public long BundleEpoch { get; init; }

    public required string TokenId { get; init; }

    public Tunnel ToTunnel() =>
        new()
        {
            Id = TunnelId.Wrap(Id),
            Ordinal = Ordinal,
            OrganizationId = OrganizationId,
            WorkspaceId = WorkspaceId,
            DisplayName = DisplayName,
            Domain = Domain,
            CreatedAt = Instants.FromStore(CreatedAt),
            ArchivedAt = Instants.FromStore(ArchivedAt),
            Revision = Revision,
            ClientSourceRanges = TextList.Split(ClientSourceRanges),
            AgentSourceRanges = TextList.Split(AgentSourceRanges),
            ClientRangeSets = TextList.Split(ClientRangeSets),
            Limits = new TunnelLimits(
                (int?)LimitMaxConnections,
                LimitNewConnections,
                LimitBytesPerSecond,
                (int?)LimitOpenStreams
            ),
            Affinity = Affinity,
            OfflineGraceSeconds = (int?)OfflineGraceSeconds,
            PublicPort = (int?)PublicPort,
            PausedAt = Instants.FromStore(PausedAt),
            AllowTunnelToken = AllowTunnelToken != 0,
            EdgeIds = TextList.Split(EdgeIds),
            BundleEpoch = BundleEpoch,
            TokenId = TunnelTokenId.Wrap(TokenId),
        };
}
