namespace Culvert.Platform.Wire;

/// <summary>A set of trust anchors and an epoch that counts its changes.</summary>
/// <param name="Pem">The anchors, concatenated; empty when there are none yet.</param>
public sealed record BundleDocument(long Epoch, string Pem);
