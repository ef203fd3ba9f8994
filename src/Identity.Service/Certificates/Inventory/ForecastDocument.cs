using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <param name="From">The first day, in UTC.</param>
/// <param name="Data">Days on which no certificate expires are left out.</param>
internal sealed record ForecastDocument(DateOnly From, int Days, IReadOnlyList<ForecastDay> Data)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "certificate_forecast";
}
