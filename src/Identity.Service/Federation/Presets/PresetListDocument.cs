using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>Never paged: the catalogue is short.</summary>
internal sealed record PresetListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<Preset> Data { get; init; }

    [JsonPropertyName("next_page")]
    public string? NextPage { get; init; }
}
