namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record HostnameDocument
{
    public string Type { get; } = "tunnel_hostname";

    public required string TunnelId { get; init; }

    public required string Name { get; init; }

    /// <summary><c>pending</c>, <c>active</c> or <c>suspended</c>.</summary>
    public required string State { get; init; }

    /// <summary>An operator approved it, so no proof is checked.</summary>
    public required bool Approved { get; init; }

    /// <summary>The name of the proof's TXT record.</summary>
    public required string TxtName { get; init; }

    public required string TxtValue { get; init; }

    /// <summary>The target for the name's CNAME record.</summary>
    public required string CnameTarget { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime? ActiveAt { get; init; }

    public required DateTime? CheckedAt { get; init; }

    /// <summary><c>proven</c>, <c>missing</c>, <c>unreachable</c> or <c>unavailable</c>; null before the first check.</summary>
    public required string? CheckResult { get; init; }

    public required long Misses { get; init; }
}
