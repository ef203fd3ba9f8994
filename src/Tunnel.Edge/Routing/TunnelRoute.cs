using Culvert.Platform.Net;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Edge.Routing;

/// <summary>A tunnel of the feed, with its ranges read.</summary>
internal sealed record TunnelRoute
{
    public required string Id { get; init; }

    /// <summary>Lower case.</summary>
    public required string Domain { get; init; }

    public required string OrganizationId { get; init; }

    public required bool IsActive { get; init; }

    /// <summary>Where clients may come from; empty refuses all (S21).</summary>
    public required AddressRanges ClientRanges { get; init; }

    /// <summary>Where agents may come from; null allows every address (S21).</summary>
    public required AddressRanges? AgentRanges { get; init; }

    /// <summary>
    /// A range that cannot be read makes its list narrower, never wider: an unreadable client list refuses all, an
    /// unreadable agent list allows nobody.
    /// </summary>
    public static TunnelRoute From(EdgeFeedTunnel tunnel) =>
        new()
        {
            Id = tunnel.Id,
            Domain = tunnel.Domain.ToLowerInvariant(),
            OrganizationId = tunnel.OrganizationId,
            IsActive = tunnel.Status == TunnelStatus.Active,
            ClientRanges = Read(tunnel.ClientSourceRanges),
            AgentRanges = tunnel.AgentSourceRanges.Count == 0 ? null : Read(tunnel.AgentSourceRanges),
        };

    private static AddressRanges Read(IReadOnlyList<string> written) =>
        AddressRanges.TryParse(written, out var ranges, out _) ? ranges : AddressRanges.Empty;
}
