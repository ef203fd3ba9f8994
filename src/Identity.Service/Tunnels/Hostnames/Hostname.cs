using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>A name that a tunnel has claimed in addition to its own domain (S26).</summary>
internal sealed record Hostname
{
    public required TunnelId TunnelId { get; init; }

    /// <summary>Lower case.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="Culvert.Platform.Wire.HostnameState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The operator who approved it in place of a proof; null = not approved.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>It is in force by an operator's word.</summary>
    public bool IsApproved => ApprovedBy is not null && State == Culvert.Platform.Wire.HostnameState.Active;

    /// <summary>
    /// <c>*.domain</c>: the domain that another provider gave a tunnel. Agents get certificates for it, and edges do not route it.
    /// </summary>
    public bool IsWildcard => HostnameRules.IsWildcard(Name);

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ActiveAt { get; init; }

    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>One of <see cref="ProofResult"/>; null before the first look.</summary>
    public string? CheckResult { get; init; }

    /// <summary>Daily looks in a row that did not find the proof.</summary>
    public long Misses { get; init; }
}
