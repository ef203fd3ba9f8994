using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Scopes that a rule requires for the calls that it allows (A13).</summary>
internal static class StepUp
{
    /// <summary>The challenge with all scopes that the call needs; null if the token has them or none are needed.</summary>
    public static StringValues? FindChallenge(
        Exchange exchange,
        ServedRoute served,
        PolicyRule? rule,
        McpMessage message
    )
    {
        if (rule is null or { RequiredScopes.Count: 0 })
        {
            return null;
        }

        var access = served.Route.Access;
        string[] needed = [.. access.Scopes.For(message).Union(rule.RequiredScopes, StringComparer.Ordinal)];
        return exchange.Principal is { } principal && access.Scopes.IsCovered(principal.Scopes, needed)
            ? (StringValues?)null
            : Challenges.Format(served.Resource.MetadataUrl, access.Oauth.Dpop, Challenges.InsufficientScope, needed);
    }
}
