namespace Culvert.Identity.Service.Certificates.Inventory;

internal sealed record ForecastDocument
{
    public string Type { get; } = "certificate_forecast";

    /// <summary>The first day, in UTC.</summary>
    public required DateOnly From { get; init; }

    public required int Days { get; init; }

    /// <summary>Days on which no certificate expires are left out.</summary>
    public required IReadOnlyList<ForecastDay> Data { get; init; }
}
