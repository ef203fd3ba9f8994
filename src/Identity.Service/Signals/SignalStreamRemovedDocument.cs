using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Signals;

internal sealed record SignalStreamRemovedDocument([property: JsonPropertyOrder(-2)] string IssuerId)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; init; } = "signal_stream_removed";
}
