using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Bundles;

internal sealed record AcknowledgementRequest
{
    [JsonPropertyName("epoch")]
    public required long Epoch { get; init; }
}
