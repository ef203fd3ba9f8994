namespace Culvert.Identity.Service.Certificates.Inventory;

/// <param name="Date">In UTC.</param>
/// <param name="CaId"><c>ca_…</c>; null = the platform CA.</param>
internal sealed record ExpiryCount(DateOnly Date, string? CaId, long Count);
