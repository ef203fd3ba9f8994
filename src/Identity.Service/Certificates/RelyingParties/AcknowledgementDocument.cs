using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>What was written down of an acknowledgement.</summary>
/// <param name="CurrentEpoch">
/// The bundle's current epoch; if it is greater, the relying party has a newer bundle to fetch.
/// </param>
internal sealed record AcknowledgementDocument(string TunnelId, string RelyingPartyId, long Epoch, long CurrentEpoch)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "trust_bundle_acknowledgement";
}
