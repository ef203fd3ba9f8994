using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <param name="From">The first day, in UTC.</param>
/// <param name="Days">The number of days, including the current one.</param>
/// <param name="Data">In order; days without an event are left out.</param>
internal sealed record RouteDaysDocument(DateOnly From, int Days, IReadOnlyList<RouteDay> Data)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "inventory_days";
}
