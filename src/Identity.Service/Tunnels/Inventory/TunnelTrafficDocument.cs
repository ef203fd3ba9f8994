namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record TunnelTrafficDocument
{
    public string Type { get; } = "tunnel_traffic";

    /// <summary>The start of the first minute.</summary>
    public required DateTime From { get; init; }

    /// <summary>The number of minutes, including the current one. Agents report a minute after it is over.</summary>
    public required int Minutes { get; init; }

    /// <summary>In order; minutes without a call are left out.</summary>
    public required IReadOnlyList<TunnelMinute> Data { get; init; }
}
