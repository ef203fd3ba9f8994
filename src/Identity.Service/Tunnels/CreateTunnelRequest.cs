namespace Culvert.Identity.Service.Tunnels;

/// <param name="DisplayName">1–255 characters, or null.</param>
internal sealed record CreateTunnelRequest(string? DisplayName = null)
{
    public const int MaxNameLength = 255;
}
