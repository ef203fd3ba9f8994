namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record RouteDaysDocument
{
    public string Type { get; } = "inventory_days";

    /// <summary>The first day, in UTC.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The number of days, including the current one.</summary>
    public required int Days { get; init; }

    /// <summary>In order; days without an event are left out.</summary>
    public required IReadOnlyList<RouteDay> Data { get; init; }
}
