using Culvert.Identity.Service.Hosting;

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

    /// <summary>Lets agents enrol by tunnel token although a CA of the tunnel is the service's (S5).</summary>
    public required bool AllowTunnelToken { get; init; }

    /// <summary>Counts changes of the trust bundle, from 0.</summary>
    public required long BundleEpoch { get; init; }

    /// <summary>Of the current tunnel token.</summary>
    public required TunnelTokenId TokenId { get; init; }

    public bool IsArchived => ArchivedAt is not null;
}
