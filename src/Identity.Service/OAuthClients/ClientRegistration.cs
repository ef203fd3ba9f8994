namespace Culvert.Identity.Service.OAuthClients;

/// <summary>What a client that registers itself requests, checked.</summary>
internal sealed record ClientRegistration(string Name, IReadOnlyList<string> RedirectUris, bool RequiresDpop);
