namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What happened on the routes of a filter on one day.</summary>
internal sealed record RouteDay
{
    /// <summary>In UTC.</summary>
    public required DateOnly Date { get; init; }

    public required long Calls { get; init; }

    /// <summary>How many of the calls were denied or refused.</summary>
    public required long Denied { get; init; }

    /// <summary>Tools, prompts, resources and server instructions that first differed from the approved version.</summary>
    public required long Drifts { get; init; }
}
