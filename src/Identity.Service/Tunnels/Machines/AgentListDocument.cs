using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed record AgentListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<AgentDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
