using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What happened on the routes of a filter on one day.</summary>
internal sealed record RouteDay
{
    /// <summary>In UTC.</summary>
    [JsonPropertyName("date")]
    public required DateOnly Date { get; init; }

    [JsonPropertyName("calls")]
    public required long Calls { get; init; }

    /// <summary>How many of the calls were denied or refused.</summary>
    [JsonPropertyName("denied")]
    public required long Denied { get; init; }

    /// <summary>Tools, prompts, resources and server instructions that first differed from the approved version.</summary>
    [JsonPropertyName("drifts")]
    public required long Drifts { get; init; }
}
