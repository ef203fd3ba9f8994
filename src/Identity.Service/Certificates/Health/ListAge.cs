namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>The age of one authority's revocation lists.</summary>
/// <param name="ThisUpdate">Of its oldest list; null while one of them was never published.</param>
/// <param name="NextUpdate">Of the list that expires first; null as above.</param>
/// <param name="Waiting">Lists with unpublished revocations.</param>
internal sealed record ListAge(string CaId, DateTimeOffset? ThisUpdate, DateTimeOffset? NextUpdate, long Waiting);
