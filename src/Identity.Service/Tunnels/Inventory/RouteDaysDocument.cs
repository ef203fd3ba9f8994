using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record RouteDaysDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "inventory_days";

    /// <summary>The first day, in UTC.</summary>
    [JsonPropertyName("from")]
    public required DateOnly From { get; init; }

    /// <summary>The number of days, including the current one.</summary>
    [JsonPropertyName("days")]
    public required int Days { get; init; }

    /// <summary>In order; days without an event are left out.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<RouteDay> Data { get; init; }
}
