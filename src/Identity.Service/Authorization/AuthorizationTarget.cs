using Culvert.Identity.Service.OAuthClients;
using Microsoft.Extensions.Primitives;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Where answers to an authorization request go: the redirect URI is the client's own.</summary>
/// <param name="State">Null if absent, repeated or too long.</param>
internal sealed record AuthorizationTarget(
    OAuthClient Client,
    string RedirectUri,
    string? State,
    Dictionary<string, StringValues> Parameters
);
