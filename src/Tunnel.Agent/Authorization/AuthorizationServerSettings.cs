using Duende.IdentityModel;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// A route's <c>oauth.authorization_server</c>: behind the route is the authorization server of the one issuer that
/// the route names, which clients outside reach through the tunnel alone.
/// </summary>
internal sealed record AuthorizationServerSettings
{
    /// <summary>What asks the server directly, in the order of RFC 8414 §2 and its registry.</summary>
    public static readonly IReadOnlyList<string> DefaultRewrite =
    [
        OidcConstants.Discovery.Issuer,
        OidcConstants.Discovery.TokenEndpoint,
        OidcConstants.Discovery.RegistrationEndpoint,
        OidcConstants.Discovery.JwksUri,
        OidcConstants.Discovery.RevocationEndpoint,
        OidcConstants.Discovery.IntrospectionEndpoint,
        OidcConstants.Discovery.PushedAuthorizationRequestEndpoint,
        OidcConstants.Discovery.DeviceAuthorizationEndpoint,
        OidcConstants.Discovery.BackchannelAuthenticationEndpoint,
        OidcConstants.Discovery.UserInfoEndpoint,
    ];

    /// <summary>What people's browsers load; it never moves under the tunnel.</summary>
    public static readonly IReadOnlyList<string> Browsers =
    [
        OidcConstants.Discovery.AuthorizationEndpoint,
        OidcConstants.Discovery.EndSessionEndpoint,
        OidcConstants.Discovery.CheckSessionIframe,
    ];

    /// <summary>Under which origin browsers reach the server.</summary>
    public required string BrowserUrl { get; init; }

    /// <summary>Members of the metadata whose URLs move under the route's hostname.</summary>
    public IReadOnlyList<string> Rewrite { get; init; } = DefaultRewrite;
}
