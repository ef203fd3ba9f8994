using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>A form that <c>sub</c> takes.</summary>
internal sealed record KnownSubject(
    string Format,
    string Pattern,
    string Example,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null
);
