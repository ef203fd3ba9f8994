using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Inventory;

internal sealed record ForecastDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "certificate_forecast";

    /// <summary>The first day, in UTC.</summary>
    [JsonPropertyName("from")]
    public required DateOnly From { get; init; }

    [JsonPropertyName("days")]
    public required int Days { get; init; }

    /// <summary>Days on which no certificate expires are left out.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<ForecastDay> Data { get; init; }
}
