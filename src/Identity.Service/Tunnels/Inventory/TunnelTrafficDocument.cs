using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <param name="From">The start of the first minute.</param>
/// <param name="Minutes">
/// The number of minutes, including the current one. Agents report a minute after it is over.
/// </param>
/// <param name="Data">In order; minutes without a call are left out.</param>
internal sealed record TunnelTrafficDocument(DateTime From, int Minutes, IReadOnlyList<TunnelMinute> Data)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "tunnel_traffic";
}
