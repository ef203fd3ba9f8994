using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

internal sealed record ProviderPage<T>
{
    /// <summary>Missing: empty.</summary>
    [JsonPropertyName("data")]
    public IReadOnlyList<T> Data { get; init; } = [];

    /// <summary>The token that requests the next page; null: this is the last.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; init; }
}
