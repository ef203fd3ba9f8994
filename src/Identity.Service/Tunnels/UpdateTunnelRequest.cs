using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A partial change of the settings (S21); absent members keep their values.</summary>
internal sealed record UpdateTunnelRequest
{
    /// <summary>The revision that the caller saw; null = any.</summary>
    public long? Revision { get; init; }

    public Optional<string?> DisplayName { get; init; }

    public IReadOnlyList<string?>? ClientSourceRanges { get; init; }

    public IReadOnlyList<string?>? AgentSourceRanges { get; init; }

    /// <summary>Names of the organization's range sets; replaces the list.</summary>
    public IReadOnlyList<string?>? ClientRangeSets { get; init; }

    /// <summary>Replaces all four limits.</summary>
    public TunnelLimitsDocument? Limits { get; init; }

    public string? Affinity { get; init; }

    /// <summary>Null = each edge's own setting (S10).</summary>
    public Optional<int?> OfflineGraceSeconds { get; init; }

    /// <summary>The port in its routes' URLs, 1 to 65535; afterwards tokens for the old resources are refused.</summary>
    public int? PublicPort { get; init; }

    public bool? AllowTunnelToken { get; init; }

    /// <summary>Registered edges to pin the tunnel to; replaces the list, an empty one removes the pins.</summary>
    public IReadOnlyList<string?>? EdgeIds { get; init; }

    /// <summary>The audiences for which its agents may request assertions; replaces the list.</summary>
    public IReadOnlyList<string?>? AssertionAudiences { get; init; }
}
