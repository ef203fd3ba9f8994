namespace Culvert.Identity.Service.Tunnels;

internal sealed record CreateTunnelRequest
{
    public const int MaxNameLength = 255;

    /// <summary>1–255 characters, or null.</summary>
    public string? DisplayName { get; init; }
}
