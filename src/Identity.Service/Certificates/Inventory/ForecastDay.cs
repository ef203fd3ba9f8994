using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Inventory;

internal sealed record ForecastDay
{
    [JsonPropertyName("date")]
    public required DateOnly Date { get; init; }

    /// <summary>Null = the platform CA.</summary>
    [JsonPropertyName("ca_id")]
    public required string? CaId { get; init; }

    [JsonPropertyName("count")]
    public required long Count { get; init; }
}
