using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Admin;

internal sealed record OrganizationDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "organization";

    [JsonPropertyName("name")]
    public required string Name { get; init; }
}
