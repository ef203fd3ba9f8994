using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>What was written down of an acknowledgement.</summary>
internal sealed record AcknowledgementDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "trust_bundle_acknowledgement";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("relying_party_id")]
    public required string RelyingPartyId { get; init; }

    [JsonPropertyName("epoch")]
    public required long Epoch { get; init; }

    /// <summary>The bundle's current epoch; if it is greater, the relying party has a newer bundle to fetch.</summary>
    [JsonPropertyName("current_epoch")]
    public required long CurrentEpoch { get; init; }
}
