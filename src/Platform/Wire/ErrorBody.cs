using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The error itself.</summary>
public sealed record ErrorBody
{
    /// <summary>The class of the error, such as <c>authentication_error</c>.</summary>
    public required string Type { get; init; }

    public required string Message { get; init; }

    /// <summary>Contains <c>error_code</c>, the stable <c>area.reason</c>, and other details.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Details { get; init; }

    /// <summary>The stable code; null when the answer has none.</summary>
    [JsonIgnore]
    public string? Code =>
        Details is { ValueKind: JsonValueKind.Object } details
        && details.TryGetProperty("error_code", out var code)
        && code.ValueKind == JsonValueKind.String
            ? code.GetString()
            : null;
}
