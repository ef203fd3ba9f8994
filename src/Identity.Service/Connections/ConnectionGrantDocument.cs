using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Connections;

/// <summary>A person's grant on the wire, without its tokens.</summary>
/// <param name="Issuer">The person's identity provider.</param>
/// <param name="TokenExpiresAt">Null = the access token does not expire.</param>
/// <param name="UsedAt">When an agent last got the token; null = none did.</param>
/// <param name="RefreshFailedAt">When the last refresh failed; null after a success.</param>
internal sealed record ConnectionGrantDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string ConnectionId,
    string Issuer,
    string Subject,
    string Scope,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? TokenExpiresAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? UsedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? RefreshFailedAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "connection_grant";

    public static ConnectionGrantDocument From(ConnectionGrant grant) =>
        new(
            Id: grant.Id.Value,
            ConnectionId: grant.ConnectionId.Value,
            Issuer: grant.Person.Issuer,
            Subject: grant.Person.Subject,
            Scope: grant.Scope,
            CreatedAt: grant.CreatedAt,
            TokenExpiresAt: grant.TokenExpiresAt,
            UsedAt: grant.UsedAt,
            RefreshFailedAt: grant.RefreshFailedAt
        );
}
