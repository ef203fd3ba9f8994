using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>A name that a tunnel has claimed beside its own domain (S26).</summary>
internal sealed record Hostname
{
    public required TunnelId TunnelId { get; init; }

    /// <summary>Lower case.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="Culvert.Platform.Wire.HostnameState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The operator who vouched for it in place of a proof; null = nobody.</summary>
    public string? ApprovedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ActiveAt { get; init; }

    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>One of <see cref="ProofResults"/>; null before the first check.</summary>
    public string? CheckResult { get; init; }

    /// <summary>Daily looks in a row that did not find the proof.</summary>
    public long Misses { get; init; }
}
