using System.Text;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Which tokens the last feed refuses (S35). Immutable, and replaced whole.</summary>
/// <param name="told">The revoked tokens; null: none.</param>
/// <param name="organizationIssuer">The service as the organization's authorization server; null: it is none.</param>
/// <param name="people">The off-boarded people.</param>
internal sealed class RevocationState(
    AgentFeedTokenRevocations? told,
    string? organizationIssuer,
    OffBoardedPeople people
) : IRefusedTokens
{
    public static readonly RevocationState None = new(null, null, OffBoardedPeople.None);

    private readonly RevokedTokens revoked = told is null ? RevokedTokens.None : RevokedTokens.From(told, told.Issuer);

    public OffBoardedPeople People => people;

    public static RevocationState From(AgentFeed feed) =>
        From(feed.TokenRevocations, feed.Authorization?.Issuer, feed.OffBoarded);

    public static RevocationState From(
        AgentFeedTokenRevocations? told,
        string? organizationIssuer,
        IReadOnlyList<AgentFeedOffBoarding>? people
    ) => new(told, organizationIssuer, OffBoardedPeople.From(people));

    /// <summary>Returns what applies to an issuer's tokens: the service signs under two names, and revokes for both.</summary>
    public RevokedTokens GetRevoked(string issuer) =>
        told is not null && (issuer == told.Issuer || issuer == organizationIssuer) ? revoked : RevokedTokens.None;

    public bool Contain(string token) =>
        (!people.IsEmpty || !revoked.IsEmpty)
        && SignedToken.TryParse(Encoding.Latin1.GetBytes(token), out var parsed) == JoseRefusal.None
        && FindError(parsed!.Claims, GetRevoked(parsed.Claims.FindString("iss"u8) ?? ""), people)
            is not TokenError.None;

    /// <summary>Returns why these claims are refused. Revoked tokens are the service's own, which have all its claims.</summary>
    public static TokenError FindError(ClaimSet claims, RevokedTokens revoked, OffBoardedPeople people) =>
        people.IsRefused(claims) ? TokenError.Revoked
        : revoked.IsEmpty ? TokenError.None
        : !AccessTokenClaims.TryRead(claims, out var read) ? TokenError.Claims
        : revoked.IsRevoked(read) ? TokenError.Revoked
        : TokenError.None;
}
