namespace Culvert.Identity.Service.Certificates.Inventory;

/// <param name="Date">The day, in UTC.</param>
/// <param name="CaId"><c>ca_…</c>; null = the platform CA.</param>
/// <param name="Count">Certificates that expire on that day.</param>
internal sealed record ExpiryCount(DateOnly Date, string? CaId, long Count);
