using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal sealed record CreateServiceAccountRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("organization_role")]
    public string? OrganizationRole { get; init; }
}
