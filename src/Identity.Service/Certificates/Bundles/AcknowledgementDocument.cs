namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>What was written down of an acknowledgement.</summary>
internal sealed record AcknowledgementDocument
{
    public string Type { get; } = "trust_bundle_acknowledgement";

    public required string TunnelId { get; init; }

    public required string RelyingPartyId { get; init; }

    public required long Epoch { get; init; }

    /// <summary>The bundle's current epoch; if it is greater, the relying party has a newer bundle to fetch.</summary>
    public required long CurrentEpoch { get; init; }
}
