using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A principal by its names.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportCaller
{
    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("subject")]
    public required string Subject { get; init; }

    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }
}
