using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Nodes;

/// <summary>The answer of <c>GET /v1/versions</c>.</summary>
internal sealed record VersionListDocument
{
    /// <summary>The version of the node that answers, to which the others are compared.</summary>
    [JsonPropertyName("service_version")]
    public required string ServiceVersion { get; init; }

    [JsonPropertyName("data")]
    public required IReadOnlyList<VersionDocument> Data { get; init; }

    /// <summary>Always null: there is only one page.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; }
}
