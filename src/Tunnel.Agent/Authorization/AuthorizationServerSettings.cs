using Duende.IdentityModel;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>A route to its issuer's own server, which clients reach only through the tunnel.</summary>
internal sealed record AuthorizationServerSettings
{
    /// <summary>Members that clients request directly, in the order of RFC 8414 §2 and its registry.</summary>
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

    /// <summary>Members that browsers load; they always keep their URLs.</summary>
    public static readonly IReadOnlyList<string> Browsers =
    [
        OidcConstants.Discovery.AuthorizationEndpoint,
        OidcConstants.Discovery.EndSessionEndpoint,
        OidcConstants.Discovery.CheckSessionIframe,
    ];

    public required string BrowserUrl { get; init; }

    /// <summary>Members of the metadata whose URLs move to the route's hostname.</summary>
    public IReadOnlyList<string> Rewrite { get; init; } = DefaultRewrite;
}
