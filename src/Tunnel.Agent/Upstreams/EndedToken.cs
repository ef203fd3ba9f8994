using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>The answer to a request whose token expired or was revoked while the request ran (A12, S35).</summary>
internal static class EndedToken
{
    /// <summary>For the log.</summary>
    public const string Revoked = "It was revoked.";

    public static Task RefuseTokenAsync(
        this Refusals refusals,
        Exchange exchange,
        Route route,
        string metadataUrl,
        string detail
    ) =>
        refusals.RefuseAsync(
            exchange,
            route.Name,
            AuthorizationFailures.TokenInvalid,
            detail,
            Challenges.Format(metadataUrl, route.Access.Oauth.Dpop, Challenges.InvalidToken, route.Access.Scopes.Base)
        );
}
