using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed record AttestRouteRequest
{
    public const int MaxNoteLength = 1000;

    public static readonly AttestRouteRequest Empty = new();

    /// <summary>What was checked; the audit trail keeps it.</summary>
    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>The number of names that you have seen: where the route has another number now, the request is refused.</summary>
    [JsonPropertyName("names")]
    public long? Names { get; init; }
}
