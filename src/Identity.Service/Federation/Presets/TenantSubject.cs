using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>The customer is in <c>sub</c> between <paramref name="Prefix"/> and <paramref name="Until"/>.</summary>
internal sealed record TenantSubject(
    [property: JsonPropertyName("prefix")] string Prefix,
    [property: JsonPropertyName("until")] string Until,
    [property: JsonPropertyName("immutable")] bool Immutable
);
