using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A tunnel: a domain of one workspace, its allowed clients, and its trust anchors.</summary>
internal sealed record Tunnel
{
    public required TunnelId Id { get; init; }

    /// <summary>Position in lists; increases with every tunnel of the installation.</summary>
    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public string? DisplayName { get; init; }

    /// <summary>Lower-case; routes are labels under it.</summary>
    public required string Domain { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>Counts changes of the settings, from 1.</summary>
    public required long Revision { get; init; }

    /// <summary>CIDR; empty = SNI traffic is refused (S21).</summary>
    public required IReadOnlyList<string> ClientSourceRanges { get; init; }

    /// <summary>CIDR; empty = agents may connect from any address (S21).</summary>
    public required IReadOnlyList<string> AgentSourceRanges { get; init; }

    /// <summary>Names of the organization's range sets, whose addresses clients may also connect from.</summary>
    public IReadOnlyList<string> ClientRangeSets { get; init; } = [];

    public TunnelLimits Limits { get; init; } = TunnelLimits.Defaults;

    /// <summary>A constant of <see cref="TunnelAffinity"/> (S29).</summary>
    public string Affinity { get; init; } = TunnelAffinity.Hostname;

    /// <summary>How long edges accept its agents without the service (S10); null = each edge's own setting.</summary>
    public int? OfflineGraceSeconds { get; init; }

    /// <summary>The port in its routes' URLs and OAuth resources (RFC 9728); null until an edge has reported one.</summary>
    public int? PublicPort { get; init; }

    /// <summary>Since when edges refuse its clients; null = not paused.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Agents may enrol by tunnel token although the service holds a CA of the tunnel (S5).</summary>
    public required bool AllowTunnelToken { get; init; }

    /// <summary>The audiences for which its agents may request assertions; empty = none.</summary>
    public IReadOnlyList<string> AssertionAudiences { get; init; } = [];

    /// <summary>Ids of the edges that it is pinned to, in any order; empty = assigned only by hashing (S6).</summary>
    public IReadOnlyList<string> EdgeIds { get; init; } = [];

    /// <summary>Counts changes of the trust bundle, from 0.</summary>
    public required long BundleEpoch { get; init; }

    public required TunnelTokenId TokenId { get; init; }

    public bool IsArchived => ArchivedAt is not null;

    /// <summary>A constant of <see cref="TunnelStatus"/>.</summary>
    public string Status =>
        IsArchived ? TunnelStatus.Archived
        : PausedAt is not null ? TunnelStatus.Paused
        : TunnelStatus.Active;
}
