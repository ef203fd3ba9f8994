namespace Culvert.Identity.Service.Authorization;

/// <summary>The content of an authorization code: what its redemption must repeat or prove.</summary>
/// <param name="ExpiresAt">Seconds since 1970.</param>
internal sealed record CodeContent(
    string GrantId,
    string Family,
    string ClientId,
    string RedirectUri,
    string Challenge,
    string? KeyThumbprint,
    long ExpiresAt
);
