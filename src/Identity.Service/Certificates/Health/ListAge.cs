namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>How old the revocation lists of one authority are.</summary>
/// <param name="CaId">The authority.</param>
/// <param name="ThisUpdate">Of its oldest list; null while one of them was never published.</param>
/// <param name="NextUpdate">Of the list that ends first; null as above.</param>
/// <param name="Waiting">Lists that a revocation waits for.</param>
internal sealed record ListAge(string CaId, DateTimeOffset? ThisUpdate, DateTimeOffset? NextUpdate, long Waiting);
