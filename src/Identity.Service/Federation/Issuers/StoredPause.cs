namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed record StoredPause(string IssuerId, long PausedAtMs);
