using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReportEpochs
{
    [JsonPropertyName("platform")]
    public required long Platform { get; init; }
}
