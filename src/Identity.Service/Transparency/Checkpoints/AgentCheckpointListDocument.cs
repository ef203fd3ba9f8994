using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

internal sealed record AgentCheckpointListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<AgentCheckpointDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
