using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The error itself.</summary>
/// <param name="Type">The class of the error, such as <c>authentication_error</c>.</param>
/// <param name="Details">Contains <c>error_code</c>, the stable <c>area.reason</c>, and other details.</param>
public sealed record ErrorBody(
    string Type,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Details = null
)
{
    /// <summary>The stable code; null when the answer has none.</summary>
    [JsonIgnore]
    public string? Code => FindDetail("error_code");

    /// <summary>A detail that is text; null when the answer has none.</summary>
    public string? FindDetail(string name) =>
        Details is { ValueKind: JsonValueKind.Object } details
        && details.TryGetProperty(name, out var detail)
        && detail.ValueKind == JsonValueKind.String
            ? detail.GetString()
            : null;
}
