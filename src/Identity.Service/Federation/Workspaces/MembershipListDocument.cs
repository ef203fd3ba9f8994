using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed record MembershipListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<MembershipDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
