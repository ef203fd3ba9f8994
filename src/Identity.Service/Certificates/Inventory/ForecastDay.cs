namespace Culvert.Identity.Service.Certificates.Inventory;

internal sealed record ForecastDay
{
    public required DateOnly Date { get; init; }

    /// <summary>Null = the platform CA.</summary>
    public required string? CaId { get; init; }

    public required long Count { get; init; }
}
