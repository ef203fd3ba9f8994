namespace Culvert.Platform.Wire;

/// <summary>A set of trust anchors and an epoch that counts its changes.</summary>
public sealed record BundleDocument
{
    public required long Epoch { get; init; }

    /// <summary>The anchors, concatenated; empty when there are none yet.</summary>
    public required string Pem { get; init; }
}
