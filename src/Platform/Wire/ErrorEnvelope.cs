using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The form of all errors on 8443 and 8444.</summary>
public sealed record ErrorEnvelope
{
    [JsonPropertyName("type")]
    public string Type { get; init; } = "error";

    [JsonPropertyName("error")]
    public required ErrorBody Error { get; init; }

    [JsonPropertyName("request_id")]
    public string? RequestId { get; init; }
}
