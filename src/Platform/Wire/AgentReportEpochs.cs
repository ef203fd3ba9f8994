using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AgentReportEpochs
{
    [JsonPropertyName("platform")]
    public required long Platform { get; init; }

    [JsonPropertyName("trust_bundle")]
    public required long TrustBundle { get; init; }
}
