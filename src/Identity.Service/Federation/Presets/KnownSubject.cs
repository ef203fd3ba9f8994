using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

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
