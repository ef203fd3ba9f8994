using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Search;

/// <summary>The answer of <c>GET /v1/search</c>.</summary>
internal sealed record SearchDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "search";

    /// <summary>Whether the text is an identifier of what was found; else it is a part of its name.</summary>
    [JsonPropertyName("exact")]
    public required bool IsExact { get; init; }

    /// <summary>What was found, by kind; of each kind the newest first, and what is archived last.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<SearchHit> Data { get; init; }

    /// <summary>Kinds of which more was found than <c>limit</c> allows.</summary>
    [JsonPropertyName("more")]
    public required IReadOnlyList<string> More { get; init; }
}
