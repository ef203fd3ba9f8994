using System.Text.Json.Serialization;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>A registered client on the wire. Its id is its <c>client_id</c>.</summary>
/// <param name="RegisteredBy"><c>administrator</c>, or <c>client</c>: it registered itself and chose its name.</param>
/// <param name="LastSignInAt">When a person last allowed it a route; null = never.</param>
internal sealed record OAuthClientDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Name,
    IReadOnlyList<string> RedirectUris,
    bool RequireDpop,
    string RegisteredBy,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? LastSignInAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset UpdatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? ArchivedAt,
    [property: JsonPropertyName("created_by_actor_id")] string CreatedBy,
    [property: JsonPropertyName("updated_by_actor_id")] string UpdatedBy,
    [property: JsonPropertyName("archived_by_actor_id")] string? ArchivedBy
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "oauth_client";

    public static OAuthClientDocument From(RegisteredClient client) =>
        new(
            Id: client.Id.Value,
            Name: client.Name,
            RedirectUris: client.RedirectUris,
            RequireDpop: client.RequiresDpop,
            RegisteredBy: WireNames.Get(client.RegisteredBy),
            LastSignInAt: client.LastSignInAt,
            CreatedAt: client.Stamps.CreatedAt,
            UpdatedAt: client.Stamps.UpdatedAt,
            ArchivedAt: client.Stamps.ArchivedAt,
            CreatedBy: client.Stamps.CreatedBy,
            UpdatedBy: client.Stamps.UpdatedBy,
            ArchivedBy: client.Stamps.ArchivedBy
        );
}
