using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A tunnel: a domain of one workspace, who may reach it, and what its clients trust.</summary>
internal sealed record Tunnel
{
    public required TunnelId Id { get; init; }

    /// <summary>Place in lists; grows with every tunnel of the installation.</summary>
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

    /// <summary>CIDR; none = SNI traffic is refused (S21).</summary>
    public required IReadOnlyList<string> ClientSourceRanges { get; init; }

    /// <summary>CIDR; none = agents may come from anywhere (S21).</summary>
    public required IReadOnlyList<string> AgentSourceRanges { get; init; }

    /// <summary>Names of range sets of the organization that clients may come from, too.</summary>
    public IReadOnlyList<string> ClientRangeSets { get; init; } = [];

    public TunnelLimits Limits { get; init; } = TunnelLimits.Defaults;

    /// <summary>One of <see cref="TunnelAffinity"/> (S29).</summary>
    public string Affinity { get; init; } = TunnelAffinity.Hostname;

    /// <summary>How long edges take its agents without word from the service (S10); null = each edge's own.</summary>
    public int? OfflineGraceSeconds { get; init; }

    /// <summary>
    /// The port in the URLs of its routes, and so in their OAuth resources (RFC 9728): what an edge told first. Only an
    /// operator changes it. Null until an edge has reported one.
    /// </summary>
    public int? PublicPort { get; init; }

    /// <summary>Since when edges refuse its clients; null = they do not.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Lets agents enrol by tunnel token although a CA of the tunnel is the service's (S5).</summary>
    public required bool AllowTunnelToken { get; init; }

    /// <summary>Ids of the edges that it is pinned to, in no order that counts; none = hashing alone decides (S6).</summary>
    public IReadOnlyList<string> EdgeIds { get; init; } = [];

    /// <summary>Counts changes of the trust bundle, from 0.</summary>
    public required long BundleEpoch { get; init; }

    /// <summary>Of the current tunnel token.</summary>
    public required TunnelTokenId TokenId { get; init; }

    public bool IsArchived => ArchivedAt is not null;

    /// <summary>One of <see cref="TunnelStatus"/>.</summary>
    public string Status =>
        IsArchived ? TunnelStatus.Archived
        : PausedAt is not null ? TunnelStatus.Paused
        : TunnelStatus.Active;
}
