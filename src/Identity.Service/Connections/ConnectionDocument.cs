using System.Text.Json.Serialization;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Connections;

/// <summary>A connection on the wire, without its secret.</summary>
/// <param name="JwksUri">The keys to register at the upstream for the client; null unless client_auth is private_key_jwt.</param>
/// <param name="CallbackUrl">The redirect URI to register at the upstream.</param>
/// <param name="ConnectUrl">The page where a person connects.</param>
internal sealed record ConnectionDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string TunnelId,
    string Route,
    string DisplayName,
    string? Issuer,
    string AuthorizationEndpoint,
    string TokenEndpoint,
    string? RevocationEndpoint,
    string ClientId,
    string ClientAuth,
    string? JwksUri,
    IReadOnlyList<string> Scopes,
    string? Resource,
    string? CaCertPem,
    IReadOnlyList<AllowedTargetDocument> AllowedTargets,
    string CallbackUrl,
    string ConnectUrl,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset UpdatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? ArchivedAt,
    [property: JsonPropertyName("created_by_actor_id")] string CreatedBy,
    [property: JsonPropertyName("updated_by_actor_id")] string UpdatedBy,
    [property: JsonPropertyName("archived_by_actor_id")] string? ArchivedBy
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "connection";

    public static ConnectionDocument From(Connection connection, string publicUrl) =>
        new(
            Id: connection.Id.Value,
            TunnelId: connection.TunnelId,
            Route: connection.Route,
            DisplayName: connection.DisplayName,
            Issuer: connection.Issuer,
            AuthorizationEndpoint: connection.AuthorizationEndpoint,
            TokenEndpoint: connection.TokenEndpoint,
            RevocationEndpoint: connection.RevocationEndpoint,
            ClientId: connection.ClientId,
            ClientAuth: WireNames.Get(connection.ClientAuth),
            JwksUri: connection.ClientAuth == ConnectionClientAuth.PrivateKeyJwt
                ? OrganizationIssuer.GetUpstreamsKeySetUrl(publicUrl, connection.OrganizationId)
                : null,
            Scopes: connection.Scopes,
            Resource: connection.Resource,
            CaCertPem: connection.CaCertificatePem,
            AllowedTargets:
            [
                .. connection.AllowedTargets.Select(target => new AllowedTargetDocument(
                    target.Network.ToString(),
                    target.Port
                )),
            ],
            CallbackUrl: publicUrl + connection.CallbackPath,
            ConnectUrl: publicUrl + connection.ConnectPath,
            CreatedAt: connection.Stamps.CreatedAt,
            UpdatedAt: connection.Stamps.UpdatedAt,
            ArchivedAt: connection.Stamps.ArchivedAt,
            CreatedBy: connection.Stamps.CreatedBy,
            UpdatedBy: connection.Stamps.UpdatedBy,
            ArchivedBy: connection.Stamps.ArchivedBy
        );
}
