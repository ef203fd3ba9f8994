namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A machine that the switch waits for.</summary>
internal sealed record PlatformRootMissing
{
    /// <summary><c>agent</c> or <c>edge</c>.</summary>
    public required string Kind { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string? TunnelId { get; init; }

    public required long? AcknowledgedEpoch { get; init; }
}
