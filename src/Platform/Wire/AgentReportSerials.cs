using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Serials of the certificates in use at the agent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportSerials
{
    [JsonPropertyName("platform")]
    public required string Platform { get; init; }

    /// <summary>The inner-TLS leaf's serial; null until there is one.</summary>
    [JsonPropertyName("server")]
    public required string? Server { get; init; }
}
