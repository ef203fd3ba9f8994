using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Search;

/// <summary>The result of a search.</summary>
internal sealed record SearchDocument
{
    public string Type { get; } = "search";

    /// <summary>Whether the text is an identifier of the results; otherwise it is a part of their names.</summary>
    [JsonPropertyName("exact")]
    public required bool IsExact { get; init; }

    /// <summary>The results by kind: within a kind the newest first, archived ones last.</summary>
    public required IReadOnlyList<SearchHit> Data { get; init; }

    /// <summary>Kinds with more results than <c>limit</c> allows.</summary>
    public required IReadOnlyList<string> More { get; init; }
}
