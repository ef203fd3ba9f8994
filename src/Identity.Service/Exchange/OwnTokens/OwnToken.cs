using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange.OwnTokens;

/// <summary>What a verified access token of this service passes on; it bounds every token derived from it.</summary>
internal sealed class OwnToken(in AccessTokenClaims claims)
{
    public string Scope { get; } = claims.Scope;

    /// <summary>Seconds since 1970.</summary>
    public long ExpiresAt { get; } = claims.ExpiresAt;

    public TokenConfirmation Confirmation { get; } = claims.Confirmation;

    public TokenActor? Actor { get; } = claims.Actor;

    public string Family { get; } = claims.Family!;

    public TokenSource Source { get; } = claims.Source!;
}
