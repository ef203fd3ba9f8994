namespace Culvert.Identity.Service.Federation.Issuers;

/// <param name="Source">Where it came from; another source makes it worthless.</param>
internal sealed record StoredKeySet(string IssuerId, string Source, byte[] KeySet, DateTimeOffset FetchedAt);
