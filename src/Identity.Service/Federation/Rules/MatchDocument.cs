using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>A rule's <c>match</c> on the wire.</summary>
internal sealed record MatchDocument
{
    [JsonPropertyName("subject_prefix")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SubjectPrefix { get; init; }

    [JsonPropertyName("audience")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Audience { get; init; }

    [JsonPropertyName("claims")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, JsonElement>? Claims { get; init; }

    /// <summary>CEL: read only so that it can be refused by name.</summary>
    [JsonPropertyName("condition")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Condition { get; init; }
}
