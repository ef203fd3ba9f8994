using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>A name that a tunnel has claimed in addition to its own domain (S26).</summary>
internal sealed record Hostname
{
    public required TunnelId TunnelId { get; init; }

    public required string Name { get; init; }

    /// <summary>A constant of <see cref="Culvert.Platform.Wire.HostnameState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The operator who approved it instead of a proof; null = not approved.</summary>
    public string? ApprovedBy { get; init; }

    public bool IsApproved => ApprovedBy is not null && State == Culvert.Platform.Wire.HostnameState.Active;

    /// <summary><c>*.domain</c> of another provider: agents get certificates for it; edges do not route it.</summary>
    public bool IsWildcard => HostnameRules.IsWildcard(Name);

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ActiveAt { get; init; }

    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>A <see cref="ProofResult"/>; null before the first check.</summary>
    public string? CheckResult { get; init; }

    /// <summary>Consecutive daily checks that did not find the proof.</summary>
    public long Misses { get; init; }
}
