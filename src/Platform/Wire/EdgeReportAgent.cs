using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An agent that is connected to the edge.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReportAgent
{
    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("instance_id")]
    public required string InstanceId { get; init; }

    [JsonPropertyName("connections")]
    public required int Connections { get; init; }
}
