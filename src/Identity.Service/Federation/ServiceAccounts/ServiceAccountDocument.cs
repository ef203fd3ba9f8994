using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

/// <summary>A service account on the wire.</summary>
internal sealed record ServiceAccountDocument
{
    public required string Id { get; init; }

    public string Type { get; init; } = "service_account";

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string OrganizationRole { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset UpdatedAt { get; init; }

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
