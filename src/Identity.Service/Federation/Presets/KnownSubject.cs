using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>A form that <c>sub</c> takes.</summary>
internal sealed record KnownSubject
{
    [JsonPropertyName("format")]
    public required string Format { get; init; }

    [JsonPropertyName("pattern")]
    public required string Pattern { get; init; }

    [JsonPropertyName("example")]
    public required string Example { get; init; }

    [JsonPropertyName("note")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}
