using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The form of all errors on 8443 and 8444.</summary>
public sealed record ErrorEnvelope(ErrorBody Error, string? RequestId = null)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "error";
}
