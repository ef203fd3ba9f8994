using Culvert.Identity.Service.OAuthClients;

namespace Culvert.Identity.Service.Authorization;

/// <summary>RFC 7591 §3.2.1: the client's id and the metadata in effect. There is no secret, and no way to change them.</summary>
/// <param name="ClientIdIssuedAt">In seconds since 1970.</param>
internal sealed record ClientRegistrationDocument(
    string ClientId,
    long ClientIdIssuedAt,
    string ClientName,
    IReadOnlyList<string> RedirectUris,
    string TokenEndpointAuthMethod,
    IReadOnlyList<string> GrantTypes,
    IReadOnlyList<string> ResponseTypes,
    bool DpopBoundAccessTokens
)
{
    public static ClientRegistrationDocument From(RegisteredClient client) =>
        new(
            ClientId: client.Id.Value,
            ClientIdIssuedAt: client.Stamps.CreatedAt.ToUnixTimeSeconds(),
            ClientName: client.Name,
            RedirectUris: client.RedirectUris,
            TokenEndpointAuthMethod: "none",
            GrantTypes: ClientRegistrationReader.GrantTypes,
            ResponseTypes: ClientRegistrationReader.ResponseTypes,
            DpopBoundAccessTokens: client.RequiresDpop
        );
}
