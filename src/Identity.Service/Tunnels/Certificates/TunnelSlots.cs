namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>The number of certificates that may be registered on a tunnel at once (S14).</summary>
internal static class TunnelSlots
{
    public const int Count = 2;
}
