namespace Culvert.Identity.Service.Authorization;

/// <summary>What a consent page carries: sealed, bound to the organization and the browser.</summary>
/// <param name="Query">The authorization request, which is read again.</param>
/// <param name="ExpiresAt">Seconds since 1970.</param>
internal sealed record ConsentRequest(string Query, SignedInPerson Person, long ExpiresAt);
