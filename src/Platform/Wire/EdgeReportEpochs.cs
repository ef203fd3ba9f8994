using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Epochs of the bundles that the edge uses.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EdgeReportEpochs
{
    [JsonPropertyName("platform")]
    public required long Platform { get; init; }
}
