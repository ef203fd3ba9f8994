using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>A service account on the wire.</summary>
internal sealed record ServiceAccountDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; init; } = "service_account";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public required string Description { get; init; }

    [JsonPropertyName("organization_role")]
    public required string OrganizationRole { get; init; }

    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonPropertyName("archived_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? ArchivedAt { get; init; }

    [JsonPropertyName("created_by_actor_id")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("updated_by_actor_id")]
    public required string UpdatedBy { get; init; }

    [JsonPropertyName("archived_by_actor_id")]
    public required string? ArchivedBy { get; init; }

    public static ServiceAccountDocument Of(ServiceAccount account) =>
        new()
        {
            Id = account.Id.Value,
            Name = account.Name,
            Description = account.Description,
            OrganizationRole = account.Role.Name(),
            CreatedAt = account.Stamps.CreatedAt,
            UpdatedAt = account.Stamps.UpdatedAt,
            ArchivedAt = account.Stamps.ArchivedAt,
            CreatedBy = account.Stamps.CreatedBy,
            UpdatedBy = account.Stamps.UpdatedBy,
            ArchivedBy = account.Stamps.ArchivedBy,
        };
}
