using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>A service account on the wire.</summary>
internal sealed record ServiceAccountDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Name,
    string Description,
    string OrganizationRole,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset UpdatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? ArchivedAt,
    [property: JsonPropertyName("created_by_actor_id")] string CreatedBy,
    [property: JsonPropertyName("updated_by_actor_id")] string UpdatedBy,
    [property: JsonPropertyName("archived_by_actor_id")] string? ArchivedBy
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "service_account";

    public static ServiceAccountDocument From(ServiceAccount account) =>
        new(
            Id: account.Id.Value,
            Name: account.Name,
            Description: account.Description,
            OrganizationRole: account.Role.Name(),
            CreatedAt: account.Stamps.CreatedAt,
            UpdatedAt: account.Stamps.UpdatedAt,
            ArchivedAt: account.Stamps.ArchivedAt,
            CreatedBy: account.Stamps.CreatedBy,
            UpdatedBy: account.Stamps.UpdatedBy,
            ArchivedBy: account.Stamps.ArchivedBy
        );
}
