namespace Culvert.Identity.Service.Certificates.Inventory;

/// <param name="CaId">Null = the platform CA.</param>
internal sealed record ForecastDay(DateOnly Date, string? CaId, long Count);
