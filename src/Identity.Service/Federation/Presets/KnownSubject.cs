using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>A form that <c>sub</c> takes.</summary>
internal sealed record KnownSubject
{
    public required string Format { get; init; }

    public required string Pattern { get; init; }

    public required string Example { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}
