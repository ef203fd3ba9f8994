using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Admin;

/// <param name="ArchivedAt">No credential of the organization works since then; null = it is not archived.</param>
internal sealed record OrganizationDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Name,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    DateTime? ArchivedAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "organization";

    public static OrganizationDocument From(Organization organization) =>
        new(
            Id: organization.Id,
            Name: organization.Name,
            CreatedAt: organization.CreatedAt,
            ArchivedAt: organization.ArchivedAt?.UtcDateTime
        );
}
