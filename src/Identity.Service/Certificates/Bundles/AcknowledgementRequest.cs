using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>The epoch that is in use now.</summary>
internal sealed record AcknowledgementRequest
{
    [JsonPropertyName("epoch")]
    public required long Epoch { get; init; }
}
