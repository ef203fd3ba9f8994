using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Connections;

/// <param name="TunnelId">The tunnel of the route.</param>
/// <param name="Route">The name of the route in the agents' configuration.</param>
/// <param name="DisplayName">The vendor or server as people see it: 1–100 visible characters.</param>
/// <param name="ClientId">As the upstream registered the service.</param>
/// <param name="Scopes">0–64, which the person allows.</param>
/// <param name="ClientAuth">
/// <c>none</c> (default), <c>client_secret_basic</c>, <c>client_secret_post</c>, or <c>private_key_jwt</c>: with an
/// assertion that the service signs; register <c>jwks_uri</c> of the answer at the upstream.
/// </param>
/// <param name="ClientSecret">Required with client_secret_basic and client_secret_post, and only there.</param>
/// <param name="Issuer">
/// The upstream's issuer identifier: an <c>iss</c> in its answers must be equal (RFC 9207). Without endpoints the service
/// reads them once, from the issuer's metadata (RFC 8414, OpenID Connect Discovery).
/// </param>
/// <param name="AuthorizationEndpoint">https; absent = the issuer's metadata names all endpoints.</param>
/// <param name="TokenEndpoint">https; absent = the same.</param>
/// <param name="RevocationEndpoint">https (RFC 7009); absent = grants cannot be revoked at the upstream.</param>
/// <param name="Resource">
/// The resource to request tokens for (RFC 8707). Without issuer and endpoints its metadata names the issuer (RFC 9728).
/// </param>
/// <param name="CaCertPem">The only CA certificates that authenticate the endpoints; absent = public ones.</param>
/// <param name="AllowedTargets">Private addresses and ports that may be reached for the endpoints.</param>
internal sealed record CreateConnectionRequest(
    string TunnelId,
    string Route,
    string DisplayName,
    string ClientId,
    IReadOnlyList<string> Scopes,
    string ClientAuth = "none",
    string? ClientSecret = null,
    string? Issuer = null,
    string? AuthorizationEndpoint = null,
    string? TokenEndpoint = null,
    string? RevocationEndpoint = null,
    string? Resource = null,
    string? CaCertPem = null,
    IReadOnlyList<AllowedTargetDocument>? AllowedTargets = null
)
{
    /// <summary>Whether metadata names the endpoints.</summary>
    internal bool IsDiscovered => (AuthorizationEndpoint ?? TokenEndpoint ?? RevocationEndpoint) is null;

    // The generated text of a record would print the secret.
    public override string ToString() => nameof(CreateConnectionRequest);
}
