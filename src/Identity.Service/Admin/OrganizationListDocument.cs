using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Admin;

internal sealed record OrganizationListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<OrganizationDocument> Data { get; init; }

    /// <summary>Always null: an installation has few organizations.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; }
}
