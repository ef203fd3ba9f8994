namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A machine that the switch waits for.</summary>
/// <param name="Kind"><c>agent</c> or <c>edge</c>.</param>
internal sealed record PlatformRootMissing(
    string Kind,
    string Id,
    string Name,
    string? TunnelId,
    long? AcknowledgedEpoch
);
