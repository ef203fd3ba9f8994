using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Nodes;

/// <summary>The answer of <c>GET /v1/versions</c>.</summary>
internal sealed record VersionListDocument
{
    /// <summary>Of the node that answers: what the others are measured by.</summary>
    [JsonPropertyName("service_version")]
    public required string ServiceVersion { get; init; }

    [JsonPropertyName("data")]
    public required IReadOnlyList<VersionDocument> Data { get; init; }

    /// <summary>Null: it is all in one.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; }
}
