using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Jobs;

/// <summary>The answer of <c>GET /v1/jobs</c>.</summary>
internal sealed record JobListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<JobDocument> Data { get; init; }

    /// <summary>Null: it is all in one.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; }
}
