namespace Culvert.Identity.Service.Certificates.Health;

/// <summary>The age of one authority's revocation lists.</summary>
/// <param name="ThisUpdate">The thisUpdate of the oldest list; null if a list was never published.</param>
/// <param name="NextUpdate">The nextUpdate of the list that expires first; null if a list was never published.</param>
/// <param name="Waiting">The number of lists with revocations that are not published yet.</param>
internal sealed record ListAge(string CaId, DateTimeOffset? ThisUpdate, DateTimeOffset? NextUpdate, long Waiting);
