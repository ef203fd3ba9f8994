using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Admin;

internal sealed record OrganizationDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "organization";

    public required string Name { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>No credential of the organization works since then; null = it is not archived.</summary>
    public required DateTime? ArchivedAt { get; init; }

    public static OrganizationDocument Of(Organization organization) =>
        new()
        {
            Id = organization.Id,
            Name = organization.Name,
            CreatedAt = organization.CreatedAt,
            ArchivedAt = organization.ArchivedAt?.UtcDateTime,
        };
}
