using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

/// <summary>One page of a list.</summary>
internal sealed record ProviderPage<T>
{
    /// <summary>Missing = empty.</summary>
    [JsonPropertyName("data")]
    public IReadOnlyList<T> Data { get; init; } = [];

    /// <summary>What asks for the next page; null = this is the last.</summary>
    [JsonPropertyName("next_page")]
    public string? NextPage { get; init; }
}
